-- title: EC2 instance has a public address
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_88, prowler:ec2_instance_public_ip, securityhub:EC2.9]
-- message: "`{title}` can be reached from the internet by an address of its own"
SELECT resource, title, NOT associate_public_ip_address AND NOT elastic_ip_associated AS ok
FROM aws_ec2_instance
