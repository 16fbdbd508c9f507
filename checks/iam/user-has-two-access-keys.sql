-- title: A user has two access keys that can be used
-- severity: low
-- layer: identity
-- aliases: [prowler:iam_user_two_active_access_key]
-- message: "both keys of `{title}` can be used"
SELECT resource, title, NOT (access_key_1_active AND access_key_2_active) AS ok
FROM aws_iam_credential_report
WHERE user_name <> '<root_account>' AND (access_key_1_active OR access_key_2_active) IS NOT FALSE
