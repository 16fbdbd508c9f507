-- title: DocumentDB parameter group switches TLS off
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_90, securityhub:DocumentDB.6]
-- message: "`{title}` switches TLS off"
SELECT resource, title,
  CASE WHEN array_has(map_keys(parameter_values), 'tls') THEN parameter_values['tls'] <> 'disabled'
       ELSE NOT array_any_match(parameters, p -> p.name = 'tls' AND p.value = 'disabled') END AS ok
FROM aws_docdb_cluster_parameter_group
