-- title: S3 bucket keeps no versions
-- severity: medium
-- layer: backup
-- sensitivity: internal
-- aliases: [CKV_AWS_21, AVD-AWS-0090, prowler:s3_bucket_object_versioning, securityhub:S3.14]
-- message: "`{title}` overwrites and deletes objects for good"
SELECT resource, title, versioning_enabled AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
