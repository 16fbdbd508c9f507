-- title: Web firewall lets known attacks pass
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_192]
-- message: "`{title}` does not use AWS's rules against known bad inputs, Log4Shell among them"
SELECT resource, title,
    array_any_match(rules, r -> r.managed_rule_group = 'AWSManagedRulesKnownBadInputsRuleSet' AND NOT r.override_to_count) AS ok
FROM aws_wafv2_web_acl
