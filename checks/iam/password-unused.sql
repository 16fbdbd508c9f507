-- title: A user has a password that was not used for 45 days
-- severity: medium
-- layer: identity
-- aliases: [prowler:iam_user_console_access_unused, securityhub:IAM.8]
-- message: "`{title}` last signed in {password_last_used}"
SELECT resource, title, password_last_used,
    CASE WHEN password_last_used = '' THEN NOT TRY_CAST(password_last_changed AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '45 days'
        ELSE NOT TRY_CAST(password_last_used AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '45 days' END AS ok
FROM aws_iam_credential_report
WHERE user_name <> '<root_account>' AND password_enabled IS NOT FALSE
