-- title: Launch template's start script holds a credential
-- severity: high
-- layer: data
-- aliases: [prowler:ec2_launch_template_no_secrets]
-- message: "the start script of `{title}` holds what looks like a credential"
SELECT resource, title, NOT user_data_secret AS ok
FROM aws_ec2_launch_template
