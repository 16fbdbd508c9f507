-- title: Load balancer stands in one zone
-- severity: medium
-- layer: platform_recovery
-- aliases: [prowler:elbv2_is_in_multiple_az, securityhub:ELB.13]
-- message: "`{title}` stands in {zones} subnet"
SELECT resource, title, cardinality(subnets) AS zones, cardinality(subnets) >= 2 AS ok
FROM aws_ec2_network_load_balancer
UNION ALL
SELECT resource, title, cardinality(subnets) AS zones, cardinality(subnets) >= 2 AS ok
FROM aws_ec2_gateway_load_balancer
UNION ALL
SELECT resource, title, cardinality(subnets) AS zones, cardinality(subnets) >= 2 AS ok
FROM aws_ec2_application_load_balancer
