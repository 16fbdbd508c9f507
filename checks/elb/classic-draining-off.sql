-- title: Classic load balancer cuts connections off
-- severity: low
-- layer: platform_recovery
-- aliases: [prowler:elb_connection_draining_enabled, securityhub:ELB.7]
-- message: "`{title}` cuts off requests under way when an instance leaves"
SELECT resource, title, connection_draining_enabled AS ok
FROM aws_ec2_classic_load_balancer
