-- title: RDS parameter group accepts connections without TLS
-- severity: medium
-- layer: network_configuration
-- message: "`{title}` lets clients of {db_parameter_group_family} connect without TLS"
SELECT resource, title, db_parameter_group_family,
  CASE
    WHEN array_any_match(parameters, p -> p.name IN ('rds.force_ssl', 'require_secure_transport'))
      THEN array_any_match(parameters, p -> p.name IN ('rds.force_ssl', 'require_secure_transport')
        AND lower(p.value) IN ('1', 'on', 'true'))
    WHEN array_has(map_keys(parameter_values), 'rds.force_ssl') THEN parameter_values['rds.force_ssl'] = '1'
    WHEN array_has(map_keys(parameter_values), 'require_secure_transport')
      THEN lower(parameter_values['require_secure_transport']) IN ('1', 'on', 'true')
    WHEN parameters IS NULL OR parameter_values IS NULL
      OR array_any_match(parameters, p -> p.name IN ('rds.force_ssl', 'require_secure_transport')) IS NULL THEN NULL
    WHEN regexp_like(lower(db_parameter_group_family), '^postgres(9|1[0-4])|^sqlserver|^mysql(5|8\.0)') THEN FALSE
    WHEN regexp_like(lower(db_parameter_group_family), '^postgres(1[5-9]|[2-9][0-9])') THEN TRUE
  END AS ok
FROM aws_rds_db_parameter_group
WHERE (lower(db_parameter_group_family) LIKE 'postgres%' OR lower(db_parameter_group_family) LIKE 'mysql%'
  OR lower(db_parameter_group_family) LIKE 'sqlserver%') IS NOT FALSE
