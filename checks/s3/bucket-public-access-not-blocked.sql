-- title: S3 bucket does not block public access
-- severity: high
-- layer: network_configuration
-- aliases: [CKV2_AWS_6, CKV_AWS_53, CKV_AWS_54, CKV_AWS_55, CKV_AWS_56, AVD-AWS-0086, AVD-AWS-0087, AVD-AWS-0091, AVD-AWS-0093, AVD-AWS-0094, prowler:s3_bucket_level_public_access_block, securityhub:S3.8]
-- message: "`{title}` leaves a way open to public access: block ACLs {block_public_acls}, block policy {block_public_policy}, ignore ACLs {ignore_public_acls}, restrict {restrict_public_buckets}"
SELECT resource, title, block_public_acls, block_public_policy, ignore_public_acls, restrict_public_buckets,
    block_public_acls AND block_public_policy AND ignore_public_acls AND restrict_public_buckets AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
