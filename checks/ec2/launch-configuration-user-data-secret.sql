-- title: Launch configuration's start script holds a credential
-- severity: high
-- layer: data
-- aliases: [AVD-AWS-0129, prowler:autoscaling_find_secrets_ec2_launch_configuration]
-- message: "the start script of `{title}` holds what looks like a credential"
SELECT resource, title, NOT user_data_secret AS ok
FROM aws_ec2_launch_configuration
