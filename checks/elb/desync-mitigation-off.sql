-- title: Load balancer only watches requests that are read in two ways
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_328, prowler:elbv2_desync_mitigation_mode, securityhub:ELB.12]
-- message: "`{title}` passes ambiguous requests on (mode {desync_mitigation_mode})"
SELECT resource, title, desync_mitigation_mode, desync_mitigation_mode IN ('defensive', 'strictest') AS ok
FROM aws_ec2_application_load_balancer
