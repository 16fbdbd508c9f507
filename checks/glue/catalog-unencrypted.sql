-- title: Glue data catalog is stored unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_94, prowler:glue_data_catalogs_metadata_encryption_enabled]
-- message: "`{title}` stores the data catalog unencrypted"
SELECT resource, title, catalog_encryption_mode <> 'DISABLED' AS ok
FROM aws_glue_data_catalog_encryption_settings
