-- title: CloudTrail does not reach CloudWatch
-- severity: low
-- layer: logging
-- aliases: [CKV2_AWS_10, AVD-AWS-0162, prowler:cloudtrail_cloudwatch_logging_enabled, securityhub:CloudTrail.5]
-- message: "`{title}` is delivered to no log group, so that no alarm can watch it"
SELECT resource, title, log_group_arn <> '' AS ok
FROM aws_cloudtrail_trail
