-- title: SQS queue lets everybody in
-- severity: critical
-- layer: identity
-- aliases: [CKV_AWS_168, AVD-AWS-0097, prowler:sqs_queues_not_publicly_accessible, securityhub:SQS.3]
-- message: "`{title}` has a policy that lets everybody in"
SELECT resource, title, NOT policy_allows_public(policy) AS ok
FROM aws_sqs_queue
