-- title: Bucket of CloudTrail may be opened to the public
-- severity: high
-- layer: network_configuration
-- aliases: [AVD-AWS-0161, prowler:cloudtrail_logs_s3_bucket_is_not_publicly_accessible, securityhub:CloudTrail.6]
-- message: "`{bucket}`, which keeps the log of `{title}`, is or can be opened to the public"
SELECT t.resource, t.title, coalesce(b.title, t.s3_bucket_name) AS bucket,
    NOT policy_allows_public(b.policy) AND b.canned_acl NOT LIKE 'public-%'
        AND b.block_public_acls AND b.block_public_policy AND b.ignore_public_acls AND b.restrict_public_buckets AS ok
FROM aws_cloudtrail_trail t LEFT JOIN aws_s3_bucket b ON b.resource = t.s3_bucket_name
