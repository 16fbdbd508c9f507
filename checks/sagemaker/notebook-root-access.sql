-- title: SageMaker notebook gives its users root
-- severity: medium
-- layer: guest_os
-- aliases: [CKV_AWS_307, prowler:sagemaker_notebook_instance_root_access_disabled, securityhub:SageMaker.3]
-- message: "`{title}` gives its users root"
SELECT resource, title, root_access = 'Disabled' AS ok
FROM aws_sagemaker_notebook_instance
