-- title: Lambda function is not traced
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_50, AVD-AWS-0066]
-- message: "`{title}` records no traces"
SELECT resource, title, tracing_mode = 'Active' AS ok
FROM aws_lambda_function
