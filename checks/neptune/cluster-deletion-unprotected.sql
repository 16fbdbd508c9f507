-- title: Neptune cluster can be deleted at once
-- severity: medium
-- layer: platform_recovery
-- aliases: [prowler:neptune_cluster_deletion_protection, securityhub:Neptune.4]
-- message: "`{title}` can be deleted by one call"
SELECT resource, title, deletion_protection AS ok
FROM aws_neptune_db_cluster
