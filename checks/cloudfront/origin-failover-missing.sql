-- title: CloudFront has no second origin
-- severity: low
-- layer: platform_recovery
-- aliases: [CKV_AWS_310, prowler:cloudfront_distributions_multiple_origin_failover_configured, securityhub:CloudFront.4]
-- sensitivity: confidential
-- message: "`{title}` has no second origin to turn to"
SELECT resource, title, cardinality(origin_groups) > 0 AS ok
FROM aws_cloudfront_distribution
