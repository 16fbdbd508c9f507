-- title: VPC endpoint service accepts connections by itself
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_123]
-- message: "`{title}` connects whoever is allowed to ask, without consent"
SELECT resource, title, acceptance_required AS ok
FROM aws_vpc_endpoint_service
