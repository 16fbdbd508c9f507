-- title: Security group does not say what it is for
-- severity: low
-- layer: network_configuration
-- aliases: [AVD-AWS-0099]
-- message: "`{title}` has no description"
SELECT resource, title, has_description AND (description = 'Managed by Terraform') IS NOT TRUE AS ok
FROM aws_vpc_security_group
WHERE NOT is_default
