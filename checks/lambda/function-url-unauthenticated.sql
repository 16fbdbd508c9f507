-- title: Lambda function answers on a public URL without a login
-- severity: high
-- layer: identity
-- aliases: [CKV_AWS_258, prowler:awslambda_function_url_public]
-- message: "`{title}` answers on a public URL without a login"
SELECT resource, title, url_authorization_type <> 'NONE' AS ok
FROM aws_lambda_function
