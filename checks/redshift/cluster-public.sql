-- title: Redshift cluster has a public address
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_87, prowler:redshift_cluster_public_access, securityhub:Redshift.1]
-- message: "`{title}` has a public address"
SELECT resource, title, NOT publicly_accessible AS ok
FROM aws_redshift_cluster
