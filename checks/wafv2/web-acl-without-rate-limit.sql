-- title: Web firewall does not limit requests
-- severity: low
-- layer: network_configuration
-- message: "`{title}` has no rule that stops too many requests from one address"
SELECT resource, title, array_any_match(rules, r -> r.rate_limit > 0) AS ok
FROM aws_wafv2_web_acl
