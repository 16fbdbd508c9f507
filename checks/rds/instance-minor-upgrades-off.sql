-- title: RDS instance does not install minor versions by itself
-- severity: medium
-- layer: engine
-- aliases: [CKV_AWS_226, prowler:rds_instance_minor_version_upgrade_enabled, securityhub:RDS.13]
-- message: "`{title}` waits for somebody to install minor versions"
SELECT resource, title, auto_minor_version_upgrade AS ok
FROM aws_rds_db_instance
