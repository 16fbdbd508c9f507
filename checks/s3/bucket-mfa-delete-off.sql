-- title: S3 bucket deletes versions without a second factor
-- severity: low
-- layer: identity
-- sensitivity: restricted
-- aliases: [prowler:s3_bucket_no_mfa_delete, securityhub:S3.20]
-- message: "`{title}` lets a stolen key delete versions for good"
SELECT resource, title, versioning_mfa_delete AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
