-- title: Redshift Serverless namespace is encrypted with a key of AWS
-- severity: low
-- layer: data
-- aliases: [securityhub:RedshiftServerless.4]
-- sensitivity: restricted
-- message: "`{title}` is encrypted with a key that AWS owns"
SELECT resource, title, kms_key_id <> '' AS ok
FROM aws_redshiftserverless_namespace
