-- title: Launch template gives instances public addresses
-- severity: high
-- layer: network_configuration
-- aliases: [prowler:ec2_launch_template_no_public_ip, securityhub:EC2.25]
-- message: "instances of `{title}` get public addresses"
SELECT resource, title, NOT associate_public_ip_address AS ok
FROM aws_ec2_launch_template
