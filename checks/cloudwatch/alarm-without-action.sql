-- title: Alarm tells nobody
-- severity: low
-- layer: logging
-- aliases: [prowler:cloudwatch_alarm_actions_alarm_state_configured, securityhub:CloudWatch.15]
-- message: "`{title}` has no action for the state ALARM"
SELECT resource, title, cardinality(alarm_actions) > 0 AS ok
FROM aws_cloudwatch_alarm
