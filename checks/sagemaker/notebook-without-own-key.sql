-- title: SageMaker notebook is not encrypted with a key of your own
-- severity: low
-- layer: data
-- aliases: [CKV_AWS_22, prowler:sagemaker_notebook_instance_encryption_enabled]
-- sensitivity: confidential
-- message: "`{title}` is not encrypted with a key of your own"
SELECT t.resource, t.title, t.kms_key_id <> '' AND count(a.resource) = 0 AS ok
FROM aws_sagemaker_notebook_instance t
LEFT JOIN aws_kms_alias a ON a.alias_name LIKE 'alias/aws/%' AND t.kms_key_id LIKE '%/' || a.target_key_id
GROUP BY t.resource, t.title, t.kms_key_id
