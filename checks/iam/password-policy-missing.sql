-- title: The account has no password policy of its own
-- severity: medium
-- layer: identity
-- message: "nobody set rules for the passwords of users"
SELECT resource, is_custom AS ok
FROM aws_iam_account_password_policy
