-- title: HTTP API stage keeps no access log
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_95, prowler:apigatewayv2_api_access_logging_enabled, securityhub:APIGateway.9]
-- message: "`{title}` keeps no access log"
SELECT resource, title, access_log_destination_arn <> '' AS ok
FROM aws_api_gatewayv2_stage
