-- title: Redshift cluster does not install new versions by itself
-- severity: medium
-- layer: engine
-- aliases: [CKV_AWS_141, prowler:redshift_cluster_automatic_upgrades, securityhub:Redshift.6]
-- message: "`{title}` waits for somebody to allow new versions"
SELECT resource, title, allow_version_upgrade AS ok
FROM aws_redshift_cluster
