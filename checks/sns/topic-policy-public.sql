-- title: SNS topic lets everybody in
-- severity: critical
-- layer: identity
-- aliases: [CKV_AWS_169, prowler:sns_topics_not_publicly_accessible, securityhub:SNS.4]
-- message: "`{title}` has a policy that lets everybody in"
SELECT resource, title, NOT policy_allows_public(policy) AS ok
FROM aws_sns_topic
