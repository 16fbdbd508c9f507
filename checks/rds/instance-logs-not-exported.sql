-- title: RDS instance sends no log to CloudWatch
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_129, prowler:rds_instance_integration_cloudwatch_logs, securityhub:RDS.9]
-- message: "`{title}` sends none of its logs to CloudWatch"
SELECT resource, title, db_cluster_identifier <> '' OR cardinality(enabled_cloudwatch_logs_exports) > 0 AS ok
FROM aws_rds_db_instance
WHERE (db_cluster_identifier = '') IS NOT FALSE
