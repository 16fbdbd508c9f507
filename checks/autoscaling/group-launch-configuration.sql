-- title: Auto Scaling group uses a launch configuration
-- severity: low
-- layer: guest_os
-- aliases: [CKV_AWS_315, prowler:autoscaling_group_using_ec2_launch_template, securityhub:AutoScaling.9]
-- message: "`{title}` starts instances from a launch configuration"
SELECT resource, title, launch_configuration_name = '' AS ok
FROM aws_ec2_autoscaling_group
