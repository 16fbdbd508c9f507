-- title: S3 bucket is open to anybody by its ACL
-- severity: critical
-- layer: identity
-- aliases: [CKV_AWS_20, CKV_AWS_57, AVD-AWS-0092, prowler:s3_bucket_public_list_acl, prowler:s3_bucket_public_write_acl, securityhub:S3.2, securityhub:S3.3]
-- message: "`{title}` grants everybody or every AWS account access by its ACL (`{canned_acl}`)"
SELECT resource, title, canned_acl,
    canned_acl NOT IN ('public-read', 'public-read-write', 'authenticated-read')
        AND NOT array_any_match(acl, g -> g.grantee_uri LIKE '%/AllUsers' OR g.grantee_uri LIKE '%/AuthenticatedUsers') AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
