-- title: KMS key is never renewed
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_7, AVD-AWS-0065, prowler:kms_cmk_rotation_enabled, securityhub:KMS.4]
-- message: "`{title}` keeps the same key material for ever"
SELECT resource, title, key_rotation_enabled AS ok
FROM aws_kms_key
WHERE (key_usage = 'ENCRYPT_DECRYPT') IS NOT FALSE
    AND (customer_master_key_spec = 'SYMMETRIC_DEFAULT') IS NOT FALSE
    AND (origin = 'AWS_KMS') IS NOT FALSE
    AND (primary_key_arn = '') IS NOT FALSE
