-- title: RDS instance does not hand its tags to its snapshots
-- severity: low
-- layer: data
-- aliases: [CKV2_AWS_60, prowler:rds_instance_copy_tags_to_snapshots, securityhub:RDS.17]
-- message: "`{title}` does not copy its tags to its snapshots"
SELECT resource, title, db_cluster_identifier <> '' OR copy_tags_to_snapshot AS ok
FROM aws_rds_db_instance
WHERE (db_cluster_identifier = '') IS NOT FALSE
