-- title: DynamoDB table can be used by everybody
-- severity: critical
-- layer: data
-- message: "`{title}` has a policy that lets everybody in"
SELECT resource, title, NOT policy_allows_public(policy) AS ok
FROM aws_dynamodb_table
