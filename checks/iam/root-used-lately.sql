-- title: The root user was used in the last 30 days
-- severity: medium
-- layer: identity
-- aliases: [prowler:iam_avoid_root_usage, securityhub:IAM.20]
-- message: "the root user signed in or called the API within 30 days: password {password_last_used}, keys {access_key_1_last_used_date}, {access_key_2_last_used_date}"
SELECT resource, title, password_last_used, access_key_1_last_used_date, access_key_2_last_used_date,
    CASE WHEN password_last_used = '' THEN TRUE ELSE TRY_CAST(password_last_used AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '30 days' END
    AND CASE WHEN access_key_1_last_used_date = '' THEN TRUE ELSE TRY_CAST(access_key_1_last_used_date AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '30 days' END
    AND CASE WHEN access_key_2_last_used_date = '' THEN TRUE ELSE TRY_CAST(access_key_2_last_used_date AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '30 days' END AS ok
FROM aws_iam_credential_report
WHERE user_name = '<root_account>'
