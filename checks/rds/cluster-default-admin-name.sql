-- title: RDS cluster keeps a well-known name for its administrator
-- severity: low
-- layer: identity
-- aliases: [prowler:rds_cluster_default_admin, securityhub:RDS.24]
-- message: "`{title}` calls its administrator `{master_user_name}`"
SELECT resource, title, master_user_name,
  lower(master_user_name) NOT IN ('admin', 'postgres', 'administrator', 'root', 'awsuser', 'rdsadmin') AS ok
FROM aws_rds_db_cluster
