-- title: Default security group lets traffic through
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV2_AWS_12, AVD-AWS-0173, prowler:ec2_securitygroup_default_restrict_traffic, securityhub:EC2.2]
-- message: "the default group `{title}` has rules"
SELECT g.resource, g.title, NOT EXISTS (SELECT 1 FROM aws_vpc_security_group_rule r WHERE r.group_id = g.resource) AS ok
FROM aws_vpc_security_group g
WHERE g.is_default
