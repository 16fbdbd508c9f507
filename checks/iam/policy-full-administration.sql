-- title: IAM policy grants full administration
-- severity: high
-- layer: identity
-- aliases: [CKV_AWS_62, CKV_AWS_63, prowler:iam_customer_attached_policy_no_administrative_privileges, securityhub:IAM.1]
-- message: "`{title}` allows every action on every resource"
SELECT resource, title, NOT policy_allows_full_administration(policy) AS ok
FROM aws_iam_policy
WHERE is_aws_managed IS NOT TRUE
