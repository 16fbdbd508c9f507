-- title: Redshift cluster keeps automatic snapshots for less than a week
-- severity: medium
-- layer: backup
-- aliases: [CKV_AWS_343, prowler:redshift_cluster_automated_snapshot, securityhub:Redshift.3]
-- message: "`{title}` keeps automatic snapshots for {automated_snapshot_retention_period} days"
SELECT resource, title, automated_snapshot_retention_period, automated_snapshot_retention_period >= 7 AS ok
FROM aws_redshift_cluster
