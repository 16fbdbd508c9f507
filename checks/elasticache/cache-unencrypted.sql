-- title: ElastiCache group stores data unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_29, AVD-AWS-0045, prowler:elasticache_redis_cluster_rest_encryption_enabled, securityhub:ElastiCache.4]
-- message: "`{title}` stores its snapshots and its swap unencrypted"
SELECT resource, title, at_rest_encryption_enabled AS ok
FROM aws_elasticache_replication_group
