-- title: Load balancer passes malformed headers on
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_131, AVD-AWS-0052, securityhub:ELB.4]
-- message: "`{title}` passes header fields with invalid names on to targets"
SELECT resource, title, drop_invalid_header_fields AS ok
FROM aws_ec2_application_load_balancer
