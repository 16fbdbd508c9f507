-- title: API stage caches answers unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_308, AVD-AWS-0002, prowler:apigateway_restapi_cache_encrypted, securityhub:APIGateway.5]
-- message: "`{title}` caches answers unencrypted"
SELECT resource, title, NOT array_any_match(method_settings, m -> m.caching_enabled AND NOT m.cache_data_encrypted)
    AND NOT array_any_match(terraform_method_settings, m -> m.caching_enabled AND NOT m.cache_data_encrypted) AS ok
FROM aws_api_gateway_stage
