-- title: CloudTrail's files are not encrypted with a KMS key
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_35, AVD-AWS-0015, prowler:cloudtrail_kms_encryption_enabled, securityhub:CloudTrail.2]
-- message: "`{title}` leaves its files to the bucket's own encryption"
SELECT resource, title, kms_key_id <> '' AS ok
FROM aws_cloudtrail_trail
