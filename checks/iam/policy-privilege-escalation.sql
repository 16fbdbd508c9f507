-- title: IAM policy lets its holder raise its own rights
-- severity: high
-- layer: identity
-- aliases: [CKV_AWS_286, prowler:iam_policy_allows_privilege_escalation]
-- message: "`{title}` allows an action by which its holder can raise its own rights"
SELECT resource, title, NOT policy_allows_action(policy, 'iam:CreatePolicyVersion')
    AND NOT policy_allows_action(policy, 'iam:SetDefaultPolicyVersion')
    AND NOT policy_allows_action(policy, 'iam:AttachUserPolicy')
    AND NOT policy_allows_action(policy, 'iam:AttachGroupPolicy')
    AND NOT policy_allows_action(policy, 'iam:AttachRolePolicy')
    AND NOT policy_allows_action(policy, 'iam:PutUserPolicy')
    AND NOT policy_allows_action(policy, 'iam:PutGroupPolicy')
    AND NOT policy_allows_action(policy, 'iam:PutRolePolicy')
    AND NOT policy_allows_action(policy, 'iam:AddUserToGroup')
    AND NOT policy_allows_action(policy, 'iam:UpdateAssumeRolePolicy')
    AND NOT policy_allows_action(policy, 'iam:CreateAccessKey')
    AND NOT policy_allows_action(policy, 'iam:CreateLoginProfile')
    AND NOT policy_allows_action(policy, 'iam:UpdateLoginProfile') AS ok
FROM aws_iam_policy
WHERE policy_allows_full_administration(policy) IS NOT TRUE AND is_aws_managed IS NOT TRUE
