-- title: S3 access point does not block public access
-- severity: high
-- layer: network_configuration
-- aliases: [prowler:s3_access_point_public_access_block, securityhub:S3.19]
-- message: "`{title}` leaves a way open to public access"
SELECT resource, title, block_public_acls AND block_public_policy AND ignore_public_acls AND restrict_public_buckets AS ok
FROM aws_s3_access_point
