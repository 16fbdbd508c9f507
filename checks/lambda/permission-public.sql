-- title: Lambda function can be called by everybody
-- severity: critical
-- layer: identity
-- aliases: [CKV_AWS_301, prowler:awslambda_function_not_publicly_accessible, securityhub:Lambda.1]
-- message: "`{title}` lets every AWS customer call the function"
SELECT resource, title,
  principal <> '*' OR source_arn <> '' OR source_account <> '' OR principal_org_id <> '' AS ok
FROM aws_lambda_permission
