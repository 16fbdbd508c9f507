-- title: ElastiCache group does not install minor versions by itself
-- severity: medium
-- layer: engine
-- aliases: [CKV_AWS_322, prowler:elasticache_redis_cluster_auto_minor_version_upgrades, securityhub:ElastiCache.2]
-- message: "`{title}` waits for somebody to install minor versions"
SELECT resource, title, auto_minor_version_upgrade AS ok
FROM aws_elasticache_replication_group
