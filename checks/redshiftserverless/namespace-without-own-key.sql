-- title: Redshift Serverless namespace is encrypted with a key of AWS
-- severity: low
-- layer: data
-- aliases: [securityhub:RedshiftServerless.4]
-- sensitivity: restricted
-- message: "`{title}` is encrypted with a key that AWS owns"
SELECT t.resource, t.title, t.kms_key_id NOT IN ('', 'AWS_OWNED_KMS_KEY') AND count(a.resource) = 0 AS ok
FROM aws_redshiftserverless_namespace t
LEFT JOIN aws_kms_alias a ON a.alias_name LIKE 'alias/aws/%' AND t.kms_key_id LIKE '%/' || a.target_key_id
GROUP BY t.resource, t.title, t.kms_key_id
