-- title: A key that still opens data is about to be deleted
-- severity: critical
-- layer: data
-- message: "`{title}` is gone for good on {deletion_date}, and with it the data of `{reader}`"
SELECT k.resource, k.title, k.deletion_date, min(u.resource) FILTER (WHERE u.key = k.resource) AS reader,
    CASE WHEN k.key_state <> 'PendingDeletion' THEN TRUE
        WHEN bool_or(u.key = k.resource) THEN CASE WHEN k.key_state IS NULL THEN NULL ELSE FALSE END
        WHEN bool_or(u.resource IS NOT NULL AND u.key IS NULL) THEN NULL
        ELSE TRUE END AS ok
FROM aws_kms_key k
LEFT JOIN (
    SELECT resource, kms_key_id AS key FROM aws_ebs_volume
    UNION ALL SELECT resource, kms_key_id AS key FROM aws_ebs_snapshot
    UNION ALL SELECT resource, kms_key_id AS key FROM aws_rds_db_instance
    UNION ALL SELECT resource, kms_key_id AS key FROM aws_rds_db_cluster
    UNION ALL SELECT resource, kms_key_id AS key FROM aws_rds_db_snapshot
    UNION ALL SELECT resource, kms_key_id AS key FROM aws_rds_db_cluster_snapshot
    UNION ALL SELECT resource, kms_key_id AS key FROM aws_efs_file_system
) u ON (u.key = k.resource) IS NOT FALSE
WHERE (k.key_state = '') IS NOT TRUE
GROUP BY k.resource, k.title, k.deletion_date, k.key_state
