-- title: EMR cluster keeps no logs
-- severity: medium
-- layer: logging
-- message: "`{title}` keeps its logs on nodes that vanish with it"
SELECT resource, title, log_uri <> '' AS ok
FROM aws_emr_cluster
