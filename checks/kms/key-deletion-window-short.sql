-- title: KMS key is gone soon after its deletion
-- severity: low
-- layer: data
-- message: "`{title}` is gone {deletion_window_in_days} days after the request to delete it"
SELECT resource, title, deletion_window_in_days, deletion_window_in_days >= 14 AS ok
FROM aws_kms_key
WHERE key_state = ''
