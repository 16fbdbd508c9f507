-- title: S3 bucket keeps objects for ever
-- severity: low
-- layer: data
-- aliases: [CKV2_AWS_61, prowler:s3_bucket_lifecycle_enabled, securityhub:S3.13]
-- message: "`{title}` has no lifecycle rule in force"
SELECT resource, title, array_any_match(lifecycle_rules, r -> r.enabled) AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
