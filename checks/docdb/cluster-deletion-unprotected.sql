-- title: DocumentDB cluster can be deleted at once
-- severity: medium
-- layer: platform_recovery
-- aliases: [prowler:documentdb_cluster_deletion_protection, securityhub:DocumentDB.5]
-- message: "`{title}` can be deleted by one call"
SELECT resource, title, deletion_protection AS ok
FROM aws_docdb_cluster
