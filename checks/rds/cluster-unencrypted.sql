-- title: RDS cluster stores its data unencrypted
-- severity: high
-- layer: data
-- aliases: [CKV_AWS_96, AVD-AWS-0079, prowler:rds_cluster_storage_encrypted, securityhub:RDS.27]
-- message: "`{title}` does not encrypt its storage, its backups and its snapshots"
SELECT resource, title, storage_encrypted
    OR CASE WHEN status <> '' OR replication_source_identifier = '' AND snapshot_identifier = '' AND global_cluster_identifier = ''
         THEN storage_encrypted END AS ok
FROM aws_rds_db_cluster
