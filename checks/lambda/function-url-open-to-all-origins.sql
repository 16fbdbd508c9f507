-- title: Lambda function URL lets scripts of every site in
-- severity: medium
-- layer: application_code
-- aliases: [prowler:awslambda_function_url_cors_policy]
-- message: "`{title}` lets scripts of every website call its URL"
SELECT resource, title, NOT array_any_match(url_cors_allow_origins, origin -> origin = '*') AS ok
FROM aws_lambda_function
WHERE (url_authorization_type <> '') IS NOT FALSE
