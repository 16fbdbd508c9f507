-- title: Alarm's actions are switched off
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_319, prowler:cloudwatch_alarm_actions_enabled, securityhub:CloudWatch.17]
-- message: "`{title}` does not act"
SELECT resource, title, actions_enabled AS ok
FROM aws_cloudwatch_alarm
