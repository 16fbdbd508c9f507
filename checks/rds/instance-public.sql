-- title: RDS instance has a public address
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_17, AVD-AWS-0180, prowler:rds_instance_no_public_access, securityhub:RDS.2]
-- message: "`{title}` has a public address, so that only its security groups stand between it and the internet"
SELECT resource, title, NOT publicly_accessible AS ok
FROM aws_rds_db_instance
