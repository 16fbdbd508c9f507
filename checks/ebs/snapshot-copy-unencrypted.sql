-- title: EBS snapshot is copied without encryption
-- severity: medium
-- layer: data
-- aliases: [prowler:ec2_ebs_snapshots_encrypted]
-- message: "the copy `{title}` is not encrypted"
SELECT resource, title, encrypted AS ok
FROM aws_ebs_snapshot
WHERE (volume_id = '') IS NOT FALSE
