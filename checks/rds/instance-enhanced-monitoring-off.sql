-- title: RDS instance reports no measurements of its operating system
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_118, prowler:rds_instance_enhanced_monitoring_enabled, securityhub:RDS.6]
-- message: "`{title}` has enhanced monitoring off"
SELECT resource, title, monitoring_interval > 0 AS ok
FROM aws_rds_db_instance
