-- title: EBS snapshot is not encrypted
-- severity: medium
-- layer: data
-- aliases: [prowler:ec2_ebs_snapshots_encrypted]
-- message: "`{title}` is not encrypted"
SELECT resource, title, encrypted AS ok
FROM aws_ebs_snapshot
WHERE (volume_id = '') IS NOT FALSE OR encrypted IS NOT NULL
