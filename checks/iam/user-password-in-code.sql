-- title: IAM user's password is written in the template
-- severity: high
-- layer: identity
-- message: "the password of `{title}` is written in the template"
SELECT resource, title, NOT password_literal AS ok
FROM aws_iam_user
