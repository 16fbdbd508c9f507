-- title: Backup vault is encrypted with a key of AWS
-- severity: low
-- layer: backup
-- aliases: [CKV_AWS_166]
-- sensitivity: confidential
-- message: "`{title}` is not encrypted with a key of your own"
SELECT resource, title, encryption_key_arn <> '' AS ok
FROM aws_backup_vault
