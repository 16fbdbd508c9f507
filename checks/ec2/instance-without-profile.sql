-- title: EC2 instance has no role
-- severity: low
-- layer: identity
-- aliases: [CKV2_AWS_41, prowler:ec2_instance_profile_attached]
-- message: "`{title}` has no instance profile"
SELECT resource, title, iam_instance_profile <> '' AS ok
FROM aws_ec2_instance
