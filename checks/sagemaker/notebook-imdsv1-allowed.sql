-- title: SageMaker notebook hands credentials out without a session
-- severity: medium
-- layer: guest_os
-- aliases: [CKV_AWS_371]
-- message: "`{title}` allows the first version of the metadata service"
SELECT resource, title, minimum_instance_metadata_service_version = '2' AS ok
FROM aws_sagemaker_notebook_instance
