-- title: Redshift Serverless workgroup loads data around the VPC
-- severity: medium
-- layer: network_configuration
-- aliases: [securityhub:RedshiftServerless.1]
-- message: "`{title}` copies data to and from S3 outside its VPC"
SELECT resource, title, enhanced_vpc_routing AS ok
FROM aws_redshiftserverless_workgroup
