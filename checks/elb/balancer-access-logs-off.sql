-- title: Load balancer keeps no access log
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_91, prowler:elbv2_logging_enabled, securityhub:ELB.5]
-- message: "`{title}` keeps no access log"
SELECT resource, title, access_logs_enabled AS ok
FROM aws_ec2_application_load_balancer
UNION ALL
SELECT resource, title, access_logs_enabled AS ok
FROM aws_ec2_network_load_balancer
