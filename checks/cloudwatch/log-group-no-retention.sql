-- title: Log group keeps entries for ever
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_66]
-- message: "`{title}` has no retention"
SELECT resource, title, retention_in_days > 0 AS ok
FROM aws_cloudwatch_log_group
