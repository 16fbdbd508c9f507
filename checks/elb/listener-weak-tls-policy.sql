-- title: Load balancer listener accepts outdated TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_103, AVD-AWS-0047, prowler:elbv2_insecure_ssl_ciphers, securityhub:ELB.17]
-- message: "`{title}` negotiates by the policy {ssl_policy}"
SELECT resource, title, ssl_policy, protocol NOT IN ('HTTPS', 'TLS')
    OR (ssl_policy LIKE 'ELBSecurityPolicy-TLS13-1-2%' OR ssl_policy LIKE 'ELBSecurityPolicy-TLS13-1-3%'
      OR ssl_policy LIKE 'ELBSecurityPolicy-TLS-1-2-%' OR ssl_policy LIKE 'ELBSecurityPolicy-FS-1-2-%') AS ok
FROM aws_ec2_load_balancer_listener
WHERE (protocol IN ('HTTPS', 'TLS')) IS NOT FALSE
