-- title: EMR cluster has no security configuration
-- severity: medium
-- layer: data
-- message: "`{title}` has no security configuration, so that nothing on it is encrypted"
SELECT resource, title, security_configuration <> '' AS ok
FROM aws_emr_cluster
