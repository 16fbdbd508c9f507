-- title: RDS instance has no standby in another zone
-- severity: medium
-- layer: platform_recovery
-- aliases: [CKV_AWS_157, prowler:rds_instance_multi_az, securityhub:RDS.5]
-- message: "`{title}` runs in one availability zone only"
SELECT resource, title, db_cluster_identifier <> '' OR multi_az AS ok
FROM aws_rds_db_instance
WHERE (db_cluster_identifier = '') IS NOT FALSE
