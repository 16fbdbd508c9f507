-- title: ElastiCache group keeps no snapshots
-- severity: low
-- layer: backup
-- aliases: [CKV_AWS_134, AVD-AWS-0050, prowler:elasticache_redis_cluster_backup_enabled, securityhub:ElastiCache.1]
-- message: "`{title}` keeps no snapshots"
SELECT resource, title, snapshot_retention_limit > 0 AS ok
FROM aws_elasticache_replication_group
