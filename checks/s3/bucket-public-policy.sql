-- title: S3 bucket policy lets anybody in
-- severity: critical
-- layer: identity
-- aliases: [CKV_AWS_70, prowler:s3_bucket_policy_public_write_access]
-- message: "`{title}` has a policy that allows any principal"
SELECT resource, title, NOT policy_allows_public(policy) AS ok
FROM aws_s3_bucket
