-- title: DMS replication instance does not install minor versions by itself
-- severity: medium
-- layer: engine
-- aliases: [CKV_AWS_222, prowler:dms_instance_minor_version_upgrade_enabled, securityhub:DMS.6]
-- message: "`{title}` waits for somebody to install minor versions"
SELECT resource, title, auto_minor_version_upgrade AS ok
FROM aws_dms_replication_instance
