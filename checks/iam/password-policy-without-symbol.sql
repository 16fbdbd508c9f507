-- title: Password policy asks for no symbol
-- severity: low
-- layer: identity
-- aliases: [CKV_AWS_14, AVD-AWS-0060, prowler:iam_password_policy_symbol, securityhub:IAM.13]
-- message: "passwords need no symbol"
SELECT resource, require_symbols, require_symbols AS ok
FROM aws_iam_account_password_policy
