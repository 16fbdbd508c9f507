-- title: Redshift parameter group accepts connections without TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_105, prowler:redshift_cluster_in_transit_encryption_enabled, securityhub:Redshift.2]
-- message: "`{title}` lets clients connect without TLS"
SELECT resource, title,
  CASE WHEN array_any_match(parameters, p -> lower(p.name) = 'require_ssl')
         THEN array_any_match(parameters, p -> lower(p.name) = 'require_ssl' AND lower(p.value) = 'true')
       WHEN NOT array_any_match(parameters, p -> lower(p.name) = 'require_ssl') THEN family <> 'redshift-1.0' END AS ok
FROM aws_redshift_parameter_group
