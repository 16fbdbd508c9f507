-- title: Default security group lets traffic through
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV2_AWS_12, AVD-AWS-0173, prowler:ec2_securitygroup_default_restrict_traffic, securityhub:EC2.2]
-- message: "the default group `{title}` has rules"
SELECT g.resource, g.title,
    CASE WHEN bool_or(r.group_id = g.resource AND r.resource NOT LIKE '%[?]%') THEN FALSE
        WHEN bool_or(r.resource IS NOT NULL) THEN NULL
        ELSE TRUE END AS ok
FROM aws_vpc_security_group g LEFT JOIN aws_vpc_security_group_rule r ON (r.group_id = g.resource) IS NOT FALSE
WHERE g.is_default
GROUP BY g.resource, g.title
