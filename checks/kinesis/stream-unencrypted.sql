-- title: Kinesis stream stores records unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_43, AVD-AWS-0064, prowler:kinesis_stream_encrypted_at_rest, securityhub:Kinesis.1]
-- message: "`{title}` stores records unencrypted"
SELECT resource, title, encryption_type = 'KMS' AS ok
FROM aws_kinesis_stream
