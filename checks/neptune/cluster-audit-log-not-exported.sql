-- title: Neptune cluster sends no audit log to CloudWatch
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_101, AVD-AWS-0075, prowler:neptune_cluster_integration_cloudwatch_logs, securityhub:Neptune.2]
-- message: "`{title}` does not send its audit log to CloudWatch"
SELECT resource, title, array_any_match(enabled_cloudwatch_logs_exports, log -> log = 'audit') AS ok
FROM aws_neptune_db_cluster
