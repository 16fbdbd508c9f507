-- title: API method answers without a login
-- severity: medium
-- layer: identity
-- aliases: [CKV_AWS_59, AVD-AWS-0004, prowler:apigateway_restapi_authorizers_enabled]
-- message: "`{title}` answers {http_method} without a login"
SELECT resource, title, http_method, http_method = 'OPTIONS' OR authorization_type <> 'NONE' OR api_key_required AS ok
FROM aws_api_gateway_method
