-- title: RDS cluster sends no audit log to CloudWatch
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_325, prowler:rds_cluster_integration_cloudwatch_logs, securityhub:RDS.34]
-- message: "`{title}` does not send the log that records access ({engine}) to CloudWatch"
SELECT resource, title, engine,
  CASE WHEN engine LIKE '%mysql%' THEN array_any_match(enabled_cloudwatch_logs_exports, log -> log = 'audit')
       WHEN engine LIKE '%postgres%' THEN array_any_match(enabled_cloudwatch_logs_exports, log -> log = 'postgresql') END AS ok
FROM aws_rds_db_cluster
