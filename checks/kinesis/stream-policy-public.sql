-- title: Kinesis stream lets everybody in
-- severity: critical
-- layer: identity
-- message: "`{title}` has a policy that lets everybody in"
SELECT resource, title, policy = '{}' OR NOT policy_allows_public(policy) AS ok
FROM aws_kinesis_stream
