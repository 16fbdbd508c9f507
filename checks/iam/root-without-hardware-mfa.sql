-- title: The second factor of the root user is no device
-- severity: medium
-- layer: identity
-- aliases: [prowler:iam_root_hardware_mfa_enabled, securityhub:IAM.6]
-- message: "the root user has no second factor, or one that is a program"
SELECT resource, (account_mfa_enabled AND NOT array_any_match(virtual_mfa_user_arns, arn -> arn LIKE '%:root'))
    OR NOT (account_password_present OR account_access_keys_present) AS ok
FROM aws_iam_account_summary
