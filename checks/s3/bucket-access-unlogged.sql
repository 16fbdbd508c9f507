-- title: S3 bucket keeps no log of access
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_18, AVD-AWS-0089, prowler:s3_bucket_server_access_logging_enabled, securityhub:S3.9]
-- message: "`{title}` writes no server access log"
SELECT resource, title, logging_target_bucket <> '' AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket AND (canned_acl = 'log-delivery-write') IS NOT TRUE
