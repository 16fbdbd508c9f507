-- title: The account does not block public access to S3
-- severity: high
-- layer: network_configuration
-- aliases: [prowler:s3_account_level_public_access_blocks, securityhub:S3.1]
-- message: "the account leaves a way open to public buckets: block ACLs {block_public_acls}, block policy {block_public_policy}, ignore ACLs {ignore_public_acls}, restrict {restrict_public_buckets}"
SELECT resource, block_public_acls, block_public_policy, ignore_public_acls, restrict_public_buckets,
    block_public_acls AND block_public_policy AND ignore_public_acls AND restrict_public_buckets AS ok
FROM aws_s3_account_settings
