-- title: S3 bucket does not encrypt with a KMS key
-- severity: low
-- layer: data
-- sensitivity: restricted
-- aliases: [CKV_AWS_145, AVD-AWS-0132, prowler:s3_bucket_kms_encryption, securityhub:S3.17]
-- message: "`{title}` encrypts with {sse_algorithm}, whose key nobody can withhold"
SELECT resource, title, sse_algorithm, sse_algorithm IN ('aws:kms', 'aws:kms:dsse') AS ok
FROM aws_s3_bucket
