-- title: RDS cluster does not hand its tags to its snapshots
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_313, prowler:rds_cluster_copy_tags_to_snapshots, securityhub:RDS.16]
-- message: "`{title}` does not copy its tags to its snapshots"
SELECT resource, title, copy_tags_to_snapshot AS ok
FROM aws_rds_db_cluster
