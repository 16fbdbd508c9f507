-- title: Backup vault is encrypted with a key of AWS
-- severity: low
-- layer: backup
-- aliases: [CKV_AWS_166]
-- sensitivity: confidential
-- message: "`{title}` is not encrypted with a key of your own"
SELECT v.resource, v.title, v.encryption_key_arn <> '' AND count(a.resource) = 0 AS ok
FROM aws_backup_vault v
LEFT JOIN aws_kms_alias a ON a.alias_name LIKE 'alias/aws/%' AND v.encryption_key_arn LIKE '%/' || a.target_key_id
GROUP BY v.resource, v.title, v.encryption_key_arn
