-- title: RDS instance does not record load per query
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_353, AVD-AWS-0133]
-- message: "`{title}` does not record which queries cause its load"
SELECT resource, title, performance_insights_enabled AS ok
FROM aws_rds_db_instance
