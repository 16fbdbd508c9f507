-- title: Redshift cluster stores its data unencrypted
-- severity: high
-- layer: data
-- aliases: [CKV_AWS_64, AVD-AWS-0084, prowler:redshift_cluster_encrypted_at_rest, securityhub:Redshift.10]
-- message: "`{title}` does not encrypt its blocks and snapshots"
SELECT resource, title, encrypted AS ok
FROM aws_redshift_cluster
