-- title: AdministratorAccess is attached
-- severity: high
-- layer: identity
-- aliases: [CKV_AWS_274, prowler:iam_aws_attached_policy_no_administrative_privileges]
-- message: "`{principal}` is given AdministratorAccess"
SELECT resource, principal, policy_arn NOT LIKE '%:iam::aws:policy/AdministratorAccess' AS ok
FROM aws_iam_policy_attachment
