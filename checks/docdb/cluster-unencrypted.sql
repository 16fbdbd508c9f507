-- title: DocumentDB cluster stores its data unencrypted
-- severity: high
-- layer: data
-- aliases: [CKV_AWS_74, AVD-AWS-0021, prowler:documentdb_cluster_storage_encrypted, securityhub:DocumentDB.1]
-- message: "`{title}` stores its data unencrypted"
SELECT resource, title, storage_encrypted AS ok
FROM aws_docdb_cluster
