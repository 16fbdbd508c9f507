-- title: Neptune cluster stores its data unencrypted
-- severity: high
-- layer: data
-- aliases: [CKV_AWS_44, AVD-AWS-0076, prowler:neptune_cluster_storage_encrypted, securityhub:Neptune.1]
-- message: "`{title}` stores its data unencrypted"
SELECT resource, title, storage_encrypted AS ok
FROM aws_neptune_db_cluster
