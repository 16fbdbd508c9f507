-- title: ElastiCache group asks for no password
-- severity: medium
-- layer: identity
-- aliases: [CKV_AWS_31, prowler:elasticache_redis_replication_group_auth_enabled, securityhub:ElastiCache.6]
-- message: "`{title}` asks clients for no password"
SELECT resource, title, auth_token_enabled OR cardinality(user_group_ids) > 0 AS ok
FROM aws_elasticache_replication_group
