-- title: DMS replication instance has no standby
-- severity: low
-- layer: platform_recovery
-- aliases: [prowler:dms_instance_multi_az_enabled]
-- message: "`{title}` runs in one zone"
SELECT resource, title, multi_az AS ok
FROM aws_dms_replication_instance
