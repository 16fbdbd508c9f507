-- title: IAM policy decrypts with every KMS key
-- severity: medium
-- layer: identity
-- aliases: [securityhub:KMS.1]
-- message: "`{title}` allows decryption with every KMS key"
SELECT resource, title, NOT policy_allows_action(policy, 'kms:Decrypt') AND NOT policy_allows_action(policy, 'kms:ReEncryptFrom') AS ok
FROM aws_iam_policy
WHERE policy_allows_full_administration(policy) IS NOT TRUE AND is_aws_managed IS NOT TRUE
