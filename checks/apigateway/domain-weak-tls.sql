-- title: API domain accepts outdated TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_206, AVD-AWS-0005]
-- message: "`{title}` accepts TLS below 1.2 ({security_policy})"
SELECT resource, title, security_policy, security_policy <> 'TLS_1_0' AS ok
FROM aws_api_gateway_domain_name
