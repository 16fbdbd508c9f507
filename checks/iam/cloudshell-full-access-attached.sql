-- title: AWSCloudShellFullAccess is attached
-- severity: low
-- layer: identity
-- aliases: [prowler:iam_policy_cloudshell_admin_not_attached, securityhub:IAM.27]
-- message: "`{principal}` is given AWSCloudShellFullAccess"
SELECT resource, principal, policy_arn NOT LIKE '%:iam::aws:policy/AWSCloudShellFullAccess' AS ok
FROM aws_iam_policy_attachment
