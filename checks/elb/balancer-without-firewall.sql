-- title: Public load balancer has no web application firewall
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV2_AWS_28, prowler:elbv2_waf_acl_attached, securityhub:ELB.16]
-- sensitivity: confidential
-- message: "`{title}` has no web application firewall before it"
SELECT resource, title, scheme = 'internal' OR web_acl_associated AS ok
FROM aws_ec2_application_load_balancer
WHERE (scheme <> 'internal') IS NOT FALSE
