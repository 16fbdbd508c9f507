-- title: Lambda function has a secret in its environment
-- severity: high
-- layer: application_code
-- aliases: [CKV_AWS_45, prowler:awslambda_function_no_secrets_in_variables]
-- message: "`{title}` has a secret written into its environment variables"
SELECT resource, title, NOT environment_variables_secret AS ok
FROM aws_lambda_function
