-- title: EC2 instance has a public address
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_88, prowler:ec2_instance_public_ip, securityhub:EC2.9]
-- message: "`{title}` can be reached from the internet by an address of its own"
SELECT i.resource, i.title,
    NOT i.elastic_ip_associated AND CASE
        WHEN i.subnet_decides_public_address THEN NOT s.map_public_ip_on_launch
        WHEN i.subnet_decides_public_address IS NULL THEN NULL
        ELSE NOT i.associate_public_ip_address END AS ok
FROM aws_ec2_instance i LEFT JOIN aws_vpc_subnet s ON s.resource = i.subnet_id
