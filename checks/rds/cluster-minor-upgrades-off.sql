-- title: Multi-AZ RDS cluster does not install minor versions by itself
-- severity: medium
-- layer: engine
-- aliases: [prowler:rds_cluster_minor_version_upgrade_enabled, securityhub:RDS.35]
-- message: "`{title}` waits for somebody to install minor versions"
SELECT resource, title, db_cluster_instance_class = '' OR auto_minor_version_upgrade AS ok
FROM aws_rds_db_cluster
WHERE (db_cluster_instance_class <> '') IS NOT FALSE
