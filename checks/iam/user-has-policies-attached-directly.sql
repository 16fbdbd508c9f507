-- title: IAM user has policies attached directly
-- severity: low
-- layer: identity
-- aliases: [CKV_AWS_40, AVD-AWS-0143, prowler:iam_policy_attached_only_to_group_or_roles, securityhub:IAM.2]
-- message: "`{title}` has managed policies of its own: {attached_policy_arns}"
SELECT resource, title, attached_policy_arns, cardinality(attached_policy_arns) = 0 AS ok
FROM aws_iam_user
