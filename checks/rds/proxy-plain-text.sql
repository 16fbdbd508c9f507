-- title: RDS proxy accepts connections without TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [securityhub:RDS.43]
-- message: "`{title}` accepts connections without TLS"
SELECT resource, title, require_tls AS ok
FROM aws_rds_db_proxy
