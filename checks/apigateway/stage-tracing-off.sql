-- title: API stage is not traced
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_73, AVD-AWS-0003, prowler:apigateway_restapi_tracing_enabled, securityhub:APIGateway.3]
-- message: "`{title}` records no traces"
SELECT resource, title, tracing_enabled AS ok
FROM aws_api_gateway_stage
