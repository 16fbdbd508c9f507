-- title: A user has an access key that is older than 90 days
-- severity: medium
-- layer: identity
-- aliases: [prowler:iam_rotate_access_key_90_days, securityhub:IAM.3]
-- message: "a key of `{title}` is older than 90 days: {access_key_1_last_rotated}, {access_key_2_last_rotated}"
SELECT resource, title, access_key_1_last_rotated, access_key_2_last_rotated,
    NOT (access_key_1_active AND TRY_CAST(access_key_1_last_rotated AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '90 days')
    AND NOT (access_key_2_active AND TRY_CAST(access_key_2_last_rotated AS TIMESTAMP) < TRY_CAST(generated_time AS TIMESTAMP) - INTERVAL '90 days') AS ok
FROM aws_iam_credential_report
WHERE user_name <> '<root_account>' AND (access_key_1_active OR access_key_2_active) IS NOT FALSE
