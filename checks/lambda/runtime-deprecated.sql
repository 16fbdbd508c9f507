-- title: Lambda function runs on a runtime without security fixes
-- severity: medium
-- layer: engine
-- aliases: [CKV_AWS_363, prowler:awslambda_function_using_supported_runtimes, securityhub:Lambda.2]
-- message: "`{title}` runs on {runtime}, which gets no more fixes"
SELECT resource, title, runtime, package_type = 'Image' OR runtime NOT IN ('nodejs', 'nodejs4.3', 'nodejs4.3-edge', 'nodejs6.10', 'nodejs8.10',
    'nodejs10.x', 'nodejs12.x', 'nodejs14.x', 'nodejs16.x', 'nodejs18.x', 'nodejs20.x', 'python2.7', 'python3.6',
    'python3.7', 'python3.8', 'python3.9', 'python3.10', 'ruby2.5', 'ruby2.7', 'ruby3.2', 'java8', 'dotnetcore1.0',
    'dotnetcore2.0', 'dotnetcore2.1', 'dotnetcore3.1', 'dotnet5.0', 'dotnet6', 'dotnet7', 'dotnet8', 'go1.x', 'provided') AS ok
FROM aws_lambda_function
WHERE (package_type = 'Zip') IS NOT FALSE
