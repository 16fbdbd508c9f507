-- title: Redshift cluster lives in one zone
-- severity: low
-- layer: platform_recovery
-- aliases: [prowler:redshift_cluster_multi_az_enabled, securityhub:Redshift.18]
-- sensitivity: confidential
-- message: "`{title}` lives in one availability zone"
SELECT resource, title, multi_az AS ok
FROM aws_redshift_cluster
