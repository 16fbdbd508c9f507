-- title: RDS snapshot can be restored by everybody
-- severity: critical
-- layer: data
-- aliases: [prowler:rds_snapshots_public_access, securityhub:RDS.1]
-- message: "`{title}` is shared with every AWS account"
SELECT resource, title, NOT array_any_match(shared_accounts, account -> account = 'all') AS ok
FROM aws_rds_db_snapshot
UNION ALL
SELECT resource, title, NOT array_any_match(shared_accounts, account -> account = 'all') AS ok
FROM aws_rds_db_cluster_snapshot
