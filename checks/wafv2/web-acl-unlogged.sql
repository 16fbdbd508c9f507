-- title: Web firewall keeps no log
-- severity: low
-- layer: logging
-- aliases: [CKV2_AWS_31, prowler:wafv2_webacl_logging_enabled, securityhub:WAF.11]
-- message: "`{title}` logs nowhere what it stops and lets pass"
SELECT resource, title, cardinality(logging_destinations) > 0 AS ok
FROM aws_wafv2_web_acl
