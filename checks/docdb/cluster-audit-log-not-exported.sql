-- title: DocumentDB cluster sends no audit log to CloudWatch
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_85, AVD-AWS-0020, prowler:documentdb_cluster_cloudwatch_log_export, securityhub:DocumentDB.4]
-- message: "`{title}` does not send its audit log to CloudWatch"
SELECT resource, title, array_any_match(enabled_cloudwatch_logs_exports, log -> log = 'audit') AS ok
FROM aws_docdb_cluster
