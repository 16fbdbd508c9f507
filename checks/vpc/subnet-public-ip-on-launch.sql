-- title: Subnet gives every machine a public address
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_130, AVD-AWS-0164, prowler:vpc_subnet_no_public_ip_by_default, securityhub:EC2.15]
-- message: "machines in `{title}` get a public address unless somebody says otherwise"
SELECT resource, title, NOT map_public_ip_on_launch AS ok
FROM aws_vpc_subnet
