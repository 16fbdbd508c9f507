-- title: The root user has an access key
-- severity: critical
-- layer: identity
-- aliases: [prowler:iam_no_root_access_key, securityhub:IAM.4]
-- message: "the root user has an access key"
SELECT resource, NOT account_access_keys_present AS ok
FROM aws_iam_account_summary
