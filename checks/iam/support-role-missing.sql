-- title: No role can open cases with AWS Support
-- severity: low
-- layer: identity
-- aliases: [prowler:iam_support_role_created, securityhub:IAM.18]
-- message: "no role of the account has the policy AWSSupportAccess"
SELECT a.resource, a.title, count(p.resource) > 0 AS ok
FROM aws_account a
LEFT JOIN aws_iam_policy_attachment p ON p.account_id = a.account_id AND p.principal_type = 'role'
    AND p.policy_arn LIKE '%:iam::aws:policy/AWSSupportAccess'
GROUP BY a.resource, a.title
