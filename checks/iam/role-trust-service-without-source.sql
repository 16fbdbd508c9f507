-- title: IAM role trusts a service whoever it acts for
-- severity: low
-- layer: identity
-- aliases: [prowler:iam_role_cross_service_confused_deputy_prevention]
-- message: "`{title}` trusts a service without naming the account or resource that it acts for"
SELECT resource, title, NOT policy_trusts_service_without_source(assume_role_policy) AS ok
FROM aws_iam_role
WHERE (assume_role_policy LIKE '%"ec2.amazonaws.com%') IS NOT TRUE
    AND (path LIKE '/aws-service-role/%') IS NOT TRUE
