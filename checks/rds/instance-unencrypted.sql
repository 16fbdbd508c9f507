-- title: RDS instance stores its data unencrypted
-- severity: high
-- layer: data
-- aliases: [CKV_AWS_16, AVD-AWS-0080, prowler:rds_instance_storage_encrypted, securityhub:RDS.3]
-- message: "`{title}` does not encrypt its storage, its backups and its snapshots"
SELECT resource, title,
  db_cluster_identifier <> '' OR storage_encrypted
    OR CASE WHEN status <> '' OR replicate_source_db = '' AND snapshot_identifier = '' THEN FALSE END AS ok
FROM aws_rds_db_instance
WHERE (db_cluster_identifier = '') IS NOT FALSE
