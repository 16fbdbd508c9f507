-- title: Lambda function in a VPC runs in one zone
-- severity: medium
-- layer: platform_recovery
-- aliases: [prowler:awslambda_function_vpc_multi_az, securityhub:Lambda.5]
-- message: "`{title}` runs in one subnet only"
SELECT resource, title, cardinality(vpc_subnet_ids) >= 2 AS ok
FROM aws_lambda_function
WHERE (cardinality(vpc_subnet_ids) = 0) IS NOT TRUE
