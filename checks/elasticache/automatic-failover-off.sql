-- title: ElastiCache group does not fail over
-- severity: medium
-- layer: platform_recovery
-- aliases: [CKV2_AWS_50, prowler:elasticache_redis_cluster_automatic_failover_enabled, securityhub:ElastiCache.3]
-- message: "`{title}` does not let a replica take over by itself"
SELECT resource, title, automatic_failover_enabled AS ok
FROM aws_elasticache_replication_group
