-- title: Bucket of CloudTrail keeps no log of access
-- severity: low
-- layer: logging
-- aliases: [prowler:cloudtrail_logs_s3_bucket_access_logging_enabled, securityhub:CloudTrail.7]
-- message: "nobody can tell who read the log of `{title}` in `{bucket}`"
SELECT t.resource, t.title, coalesce(b.title, t.s3_bucket_name) AS bucket, b.logging_target_bucket <> '' AS ok
FROM aws_cloudtrail_trail t LEFT JOIN aws_s3_bucket b ON b.resource = t.s3_bucket_name
