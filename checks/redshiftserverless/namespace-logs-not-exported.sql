-- title: Redshift Serverless namespace sends no log to CloudWatch
-- severity: medium
-- layer: logging
-- aliases: [securityhub:RedshiftServerless.6]
-- message: "`{title}` sends neither its connection log nor its user log to CloudWatch"
SELECT resource, title, array_any_match(log_exports, log -> log = 'connectionlog') AND array_any_match(log_exports, log -> log = 'userlog') AS ok
FROM aws_redshiftserverless_namespace
