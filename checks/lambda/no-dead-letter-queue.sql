-- title: Lambda function loses events that it cannot process
-- severity: low
-- layer: platform_recovery
-- aliases: [CKV_AWS_116]
-- message: "`{title}` drops events that fail, without a trace"
SELECT resource, title, dead_letter_config_target_arn <> '' OR on_failure_destination <> '' AS ok
FROM aws_lambda_function
