-- title: SageMaker notebook is not encrypted with a key of your own
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_22, prowler:sagemaker_notebook_instance_encryption_enabled]
-- sensitivity: confidential
-- message: "`{title}` is not encrypted with a key of your own"
SELECT resource, title, kms_key_id <> '' AS ok
FROM aws_sagemaker_notebook_instance
