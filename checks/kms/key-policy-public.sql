-- title: KMS key can be used by anybody
-- severity: critical
-- layer: identity
-- aliases: [CKV_AWS_33, prowler:kms_key_not_publicly_accessible, securityhub:KMS.5]
-- message: "the policy of `{title}` allows any principal"
SELECT resource, title, NOT policy_allows_public(policy) AS ok
FROM aws_kms_key
