-- title: S3 bucket has no copy elsewhere
-- severity: low
-- layer: backup
-- sensitivity: restricted
-- aliases: [CKV_AWS_144, prowler:s3_bucket_cross_region_replication, securityhub:S3.7]
-- message: "`{title}` is not replicated to another bucket"
SELECT resource, title, array_any_match(replication_rules, r -> r.status = 'Enabled') AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
