-- title: Log group keeps entries for less than a year
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_338, prowler:cloudwatch_log_group_retention_policy_specific_days_enabled, securityhub:CloudWatch.16]
-- message: "`{title}` deletes entries after {retention_in_days} days"
SELECT resource, title, retention_in_days, retention_in_days = 0 OR retention_in_days >= 365 AS ok
FROM aws_cloudwatch_log_group
