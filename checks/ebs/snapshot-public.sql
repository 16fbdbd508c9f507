-- title: EBS snapshot is shared with everybody
-- severity: critical
-- layer: identity
-- aliases: [prowler:ec2_ebs_public_snapshot, securityhub:EC2.1]
-- message: "`{title}` is shared with every AWS account"
SELECT resource, title, NOT array_any_match(create_volume_permission_account_ids, a -> a = 'all') AS ok
FROM aws_ebs_snapshot
