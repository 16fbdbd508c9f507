-- title: HTTP API route answers without a login
-- severity: medium
-- layer: identity
-- aliases: [CKV_AWS_309, prowler:apigatewayv2_api_authorizers_enabled, securityhub:APIGateway.8]
-- message: "`{title}` answers `{route_key}` without a login"
SELECT resource, title, route_key, authorization_type <> 'NONE' OR route_key LIKE 'OPTIONS %' AS ok
FROM aws_api_gatewayv2_route
