-- title: Load balancer listener serves plain HTTP
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_2, AVD-AWS-0054, prowler:elbv2_ssl_listeners, securityhub:ELB.1]
-- message: "`{title}` serves plain HTTP without sending clients on to HTTPS"
SELECT resource, title, protocol <> 'HTTP' OR default_action_type = 'redirect' AND default_action_redirect_protocol = 'HTTPS' AS ok
FROM aws_ec2_load_balancer_listener
