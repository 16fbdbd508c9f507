-- title: Neptune snapshot is not encrypted
-- severity: high
-- layer: backup
-- aliases: [CKV_AWS_279, prowler:neptune_cluster_snapshot_encrypted, securityhub:Neptune.6]
-- message: "`{title}` is a copy of a cluster that is not encrypted"
SELECT s.resource, s.title,
    CASE WHEN s.storage_encrypted IS NULL THEN c.storage_encrypted ELSE s.storage_encrypted END AS ok
FROM aws_neptune_db_cluster_snapshot s LEFT JOIN aws_neptune_db_cluster c ON c.resource = s.db_cluster_identifier
