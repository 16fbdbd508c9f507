-- title: Web firewall has no rules
-- severity: medium
-- layer: network_configuration
-- aliases: [prowler:wafv2_webacl_with_rules, securityhub:WAF.10]
-- message: "`{title}` has no rule"
SELECT resource, title, cardinality(rules) > 0 OR default_action_block AS ok
FROM aws_wafv2_web_acl
