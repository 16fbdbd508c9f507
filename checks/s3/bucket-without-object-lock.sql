-- title: S3 bucket has no object lock
-- severity: low
-- layer: backup
-- sensitivity: restricted
-- aliases: [prowler:s3_bucket_object_lock, securityhub:S3.15]
-- message: "`{title}` lets whoever may delete, delete everything"
SELECT resource, title, object_lock_enabled AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
