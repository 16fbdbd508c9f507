-- title: RDS instance listens on its engine's usual port
-- severity: low
-- layer: network_configuration
-- aliases: [prowler:rds_instance_non_default_port, securityhub:RDS.23]
-- message: "`{title}` listens on the usual port of its engine"
SELECT resource, title,
    CASE WHEN engine_decides_port AND db_cluster_identifier = '' AND replicate_source_db = '' AND snapshot_identifier = '' THEN FALSE
        ELSE port NOT IN (1433, 1521, 3306, 5432, 50000) END AS ok
FROM aws_rds_db_instance
