-- title: Security group does not say what it is for
-- severity: low
-- layer: network_configuration
-- aliases: [AVD-AWS-0099]
-- message: "`{title}` has no description"
SELECT resource, title, description NOT IN ('', 'Managed by Terraform') AS ok
FROM aws_vpc_security_group
WHERE NOT is_default
