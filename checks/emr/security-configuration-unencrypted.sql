-- title: EMR security configuration leaves data unencrypted at rest
-- severity: medium
-- layer: data
-- aliases: [AVD-AWS-0137, securityhub:EMR.3]
-- message: "`{title}` leaves data on disks and in S3 unencrypted"
SELECT resource, title, at_rest_encryption_enabled AS ok
FROM aws_emr_security_configuration
