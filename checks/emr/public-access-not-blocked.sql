-- title: EMR clusters may start open to everybody
-- severity: high
-- layer: network_configuration
-- aliases: [prowler:emr_cluster_account_public_block_enabled, securityhub:EMR.2]
-- message: "`{title}` lets clusters start with ports open to everybody"
SELECT resource, title, block_public_security_group_rules
    AND NOT array_any_match(permitted_port_ranges, p -> p.min_range <> 22 OR p.max_range <> 22) AS ok
FROM aws_emr_block_public_access_configuration
