-- title: API stage has no web application firewall
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV2_AWS_29, prowler:apigateway_restapi_waf_acl_attached, securityhub:APIGateway.4]
-- message: "`{title}` has no web application firewall"
SELECT resource, title, web_acl_arn <> '' AS ok
FROM aws_api_gateway_stage
