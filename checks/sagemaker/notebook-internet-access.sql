-- title: SageMaker notebook has its own way to the internet
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_122, prowler:sagemaker_notebook_instance_without_direct_internet_access_configured, securityhub:SageMaker.1]
-- message: "`{title}` has its own way to the internet"
SELECT resource, title, direct_internet_access = 'Disabled' AS ok
FROM aws_sagemaker_notebook_instance
