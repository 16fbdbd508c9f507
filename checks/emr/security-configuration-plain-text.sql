-- title: EMR security configuration leaves traffic unencrypted
-- severity: medium
-- layer: network_configuration
-- aliases: [AVD-AWS-0138, securityhub:EMR.4]
-- message: "`{title}` leaves the traffic between nodes in clear"
SELECT resource, title, in_transit_encryption_enabled AS ok
FROM aws_emr_security_configuration
