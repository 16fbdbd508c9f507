-- title: Machine image can be launched by everybody
-- severity: high
-- layer: identity
-- aliases: [prowler:ec2_ami_public]
-- message: "`{title}` is shared with every AWS account"
SELECT resource, title, NOT array_any_match(launch_permission_groups, g -> g = 'all') AS ok
FROM aws_ec2_ami
