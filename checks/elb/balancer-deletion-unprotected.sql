-- title: Load balancer can be deleted at once
-- severity: low
-- layer: platform_recovery
-- aliases: [CKV_AWS_150, prowler:elbv2_deletion_protection, securityhub:ELB.6]
-- message: "`{title}` can be deleted by one call"
SELECT resource, title, deletion_protection_enabled AS ok
FROM aws_ec2_application_load_balancer
UNION ALL
SELECT resource, title, deletion_protection_enabled AS ok
FROM aws_ec2_network_load_balancer
UNION ALL
SELECT resource, title, deletion_protection_enabled AS ok
FROM aws_ec2_gateway_load_balancer
