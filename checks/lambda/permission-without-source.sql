-- title: Lambda function can be called by a service for anybody
-- severity: medium
-- layer: identity
-- aliases: [CKV_AWS_364, AVD-AWS-0067]
-- message: "`{title}` lets {principal} call the function on anybody's behalf"
SELECT resource, title, principal,
  principal NOT LIKE '%.amazonaws.com' OR source_arn <> '' OR source_account <> '' OR principal_org_id <> '' AS ok
FROM aws_lambda_permission
WHERE (principal LIKE '%.amazonaws.com') IS NOT FALSE
