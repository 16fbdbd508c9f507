-- title: EBS snapshots may be shared with everybody
-- severity: medium
-- layer: identity
-- aliases: [prowler:ec2_ebs_snapshot_account_block_public_access, securityhub:EC2.182]
-- message: "the region does not block every public snapshot (`{state}`)"
SELECT resource, state, state = 'block-all-sharing' AS ok
FROM aws_ebs_snapshot_block_public_access
