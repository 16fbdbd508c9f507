-- title: ElastiCache group talks without TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_30, AVD-AWS-0051, prowler:elasticache_redis_cluster_in_transit_encryption_enabled, securityhub:ElastiCache.5]
-- message: "`{title}` talks to clients without TLS"
SELECT resource, title, transit_encryption_enabled AS ok
FROM aws_elasticache_replication_group
