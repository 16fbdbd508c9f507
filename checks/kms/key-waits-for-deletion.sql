-- title: A key is about to be deleted
-- severity: high
-- layer: data
-- aliases: [prowler:kms_cmk_not_deleted_unintentionally, securityhub:KMS.3]
-- message: "`{title}` is gone for good on {deletion_date}"
SELECT resource, title, deletion_date, key_state <> 'PendingDeletion' AS ok
FROM aws_kms_key
WHERE (key_state = '') IS NOT TRUE
