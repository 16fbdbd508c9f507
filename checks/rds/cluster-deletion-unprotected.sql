-- title: RDS cluster can be deleted at once
-- severity: medium
-- layer: platform_recovery
-- aliases: [CKV_AWS_139, AVD-AWS-0343, prowler:rds_cluster_deletion_protection, securityhub:RDS.7]
-- message: "`{title}` can be deleted by one call"
SELECT resource, title, deletion_protection AS ok
FROM aws_rds_db_cluster
