-- title: Launch configuration gives instances public addresses
-- severity: high
-- layer: network_configuration
-- aliases: [AVD-AWS-0009, prowler:autoscaling_group_launch_configuration_no_public_ip, securityhub:AutoScaling.5]
-- message: "instances of `{title}` get public addresses"
SELECT resource, title, NOT associate_public_ip_address AS ok
FROM aws_ec2_launch_configuration
