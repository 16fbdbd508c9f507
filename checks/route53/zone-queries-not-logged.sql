-- title: Route 53 zone keeps no record of queries
-- severity: low
-- layer: logging
-- aliases: [CKV2_AWS_39, prowler:route53_public_hosted_zones_cloudwatch_logging_enabled, securityhub:Route53.2]
-- message: "`{title}` keeps no record of queries"
SELECT resource, title, query_logging_log_group <> '' OR cardinality(vpcs) > 0 AS ok
FROM aws_route53_zone
WHERE (cardinality(vpcs) > 0) IS NOT TRUE
