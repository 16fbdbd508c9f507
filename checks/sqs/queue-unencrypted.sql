-- title: SQS queue stores messages unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_27, AVD-AWS-0096, prowler:sqs_queues_server_side_encryption_enabled, securityhub:SQS.1]
-- message: "`{title}` encrypts with neither a KMS key nor a key of SQS"
SELECT resource, title, kms_master_key_id <> '' OR sqs_managed_sse_enabled AS ok
FROM aws_sqs_queue
