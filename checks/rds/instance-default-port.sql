-- title: RDS instance listens on its engine's usual port
-- severity: low
-- layer: network_configuration
-- aliases: [prowler:rds_instance_non_default_port, securityhub:RDS.23]
-- message: "`{title}` listens on port {port}"
SELECT resource, title, port, port NOT IN (1433, 1521, 3306, 5432, 50000) AS ok
FROM aws_rds_db_instance
