-- title: A user has an access key that nobody used for 45 days
-- severity: medium
-- layer: identity
-- aliases: [prowler:iam_user_accesskey_unused, securityhub:IAM.22]
-- message: "a key of `{title}` was last used {access_key_1_last_used_date} or {access_key_2_last_used_date}"
SELECT resource, title, access_key_1_last_used_date, access_key_2_last_used_date,
    NOT (access_key_1_active AND CASE WHEN access_key_1_last_used_date = '' THEN TRY_CAST(access_key_1_last_rotated AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '45 days'
        ELSE TRY_CAST(access_key_1_last_used_date AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '45 days' END)
    AND NOT (access_key_2_active AND CASE WHEN access_key_2_last_used_date = '' THEN TRY_CAST(access_key_2_last_rotated AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '45 days'
        ELSE TRY_CAST(access_key_2_last_used_date AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '45 days' END) AS ok
FROM aws_iam_credential_report
WHERE user_name <> '<root_account>' AND (access_key_1_active OR access_key_2_active) IS NOT FALSE
