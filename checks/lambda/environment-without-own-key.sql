-- title: Lambda function's variables are encrypted with a key of AWS
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_173]
-- sensitivity: confidential
-- message: "`{title}` encrypts its variables with a key of AWS"
SELECT resource, title, kms_key_arn <> '' AS ok
FROM aws_lambda_function
WHERE environment_variables_set IS NOT FALSE
