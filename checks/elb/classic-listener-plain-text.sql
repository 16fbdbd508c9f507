-- title: Classic load balancer serves without TLS
-- severity: high
-- layer: network_configuration
-- aliases: [prowler:elb_ssl_listeners, securityhub:ELB.3]
-- message: "`{title}` has a listener without TLS"
SELECT resource, title, NOT array_any_match(listeners, l -> upper(l.load_balancer_protocol) NOT IN ('HTTPS', 'SSL')) AS ok
FROM aws_ec2_classic_load_balancer
