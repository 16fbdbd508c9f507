-- title: S3 bucket keeps unfinished uploads
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_300]
-- message: "`{title}` never removes the parts of unfinished uploads"
SELECT resource, title, array_any_match(lifecycle_rules, r -> r.enabled AND r.abort_incomplete_multipart_upload_days > 0) AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
