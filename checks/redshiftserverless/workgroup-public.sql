-- title: Redshift Serverless workgroup has a public address
-- severity: high
-- layer: network_configuration
-- aliases: [securityhub:RedshiftServerless.3]
-- message: "`{title}` has a public address"
SELECT resource, title, NOT publicly_accessible AS ok
FROM aws_redshiftserverless_workgroup
