-- title: S3 bucket still honours ACLs
-- severity: low
-- layer: identity
-- aliases: [CKV2_AWS_65, prowler:s3_bucket_acl_prohibited, securityhub:S3.12]
-- message: "`{title}` gives objects to whoever wrote them ({object_ownership}), so that ACLs decide"
SELECT resource, title, object_ownership, object_ownership = 'BucketOwnerEnforced' AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
