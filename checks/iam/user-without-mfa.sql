-- title: A user signs in to the console without a second factor
-- severity: high
-- layer: identity
-- aliases: [prowler:iam_user_mfa_enabled_console_access, securityhub:IAM.5]
-- message: "`{title}` has a password and no second factor"
SELECT resource, title, mfa_active AS ok
FROM aws_iam_credential_report
WHERE user_name <> '<root_account>' AND password_enabled IS NOT FALSE
