-- title: RDS instance keeps a well-known name for its administrator
-- severity: low
-- layer: identity
-- aliases: [prowler:rds_instance_default_admin, securityhub:RDS.25]
-- message: "`{title}` calls its administrator `{master_user_name}`"
SELECT resource, title, master_user_name,
  db_cluster_identifier <> '' OR lower(master_user_name) NOT IN ('admin', 'postgres', 'administrator', 'root', 'awsuser', 'rdsadmin') AS ok
FROM aws_rds_db_instance
WHERE (db_cluster_identifier = '') IS NOT FALSE
