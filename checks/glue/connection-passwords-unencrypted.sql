-- title: Glue hands out passwords of connections in clear
-- severity: medium
-- layer: data
-- aliases: [prowler:glue_data_catalogs_connection_passwords_encryption_enabled]
-- message: "`{title}` hands out passwords of connections in clear"
SELECT resource, title, return_connection_password_encrypted AS ok
FROM aws_glue_data_catalog_encryption_settings
