-- title: S3 bucket answers requests without TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [prowler:s3_bucket_secure_transport_policy, securityhub:S3.5]
-- message: "`{title}` has no policy that denies requests without TLS"
SELECT resource, title, policy_denies_insecure_transport(policy) AS ok
FROM aws_s3_bucket
WHERE NOT directory_bucket
