-- title: CloudFront keeps no access log
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_86, AVD-AWS-0010, prowler:cloudfront_distributions_logging_enabled, securityhub:CloudFront.5]
-- message: "`{title}` keeps no access log"
SELECT resource, title, logging_bucket <> '' AS ok
FROM aws_cloudfront_distribution
