-- title: RDS instance can be deleted at once
-- severity: medium
-- layer: platform_recovery
-- aliases: [CKV_AWS_293, AVD-AWS-0177, prowler:rds_instance_deletion_protection, securityhub:RDS.8]
-- message: "`{title}` can be deleted by one call"
SELECT resource, title, db_cluster_identifier <> '' OR deletion_protection AS ok
FROM aws_rds_db_instance
WHERE (db_cluster_identifier = '') IS NOT FALSE
