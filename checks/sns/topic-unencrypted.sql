-- title: SNS topic stores messages unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_26, AVD-AWS-0095, prowler:sns_topics_kms_encryption_at_rest_enabled, securityhub:SNS.1]
-- message: "`{title}` does not encrypt the messages it holds"
SELECT resource, title, kms_master_key_id <> '' AS ok
FROM aws_sns_topic
