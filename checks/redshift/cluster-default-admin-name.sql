-- title: Redshift cluster keeps the usual name for its administrator
-- severity: low
-- layer: identity
-- aliases: [prowler:redshift_cluster_non_default_username, securityhub:Redshift.8]
-- message: "`{title}` calls its administrator `{master_username}`"
SELECT resource, title, master_username, lower(master_username) NOT IN ('awsuser', 'admin', 'root') AS ok
FROM aws_redshift_cluster
