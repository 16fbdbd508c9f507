-- title: DMS replication instance has a public address
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_89, prowler:dms_instance_no_public_access, securityhub:DMS.1]
-- message: "`{title}` has a public address"
SELECT resource, title, NOT publicly_accessible AS ok
FROM aws_dms_replication_instance
