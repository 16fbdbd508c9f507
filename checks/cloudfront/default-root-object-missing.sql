-- title: CloudFront hands requests for / to the origin
-- severity: low
-- layer: application_code
-- aliases: [CKV_AWS_305, prowler:cloudfront_distributions_default_root_object, securityhub:CloudFront.1]
-- message: "`{title}` names no page for requests for /"
SELECT resource, title, default_root_object <> '' AS ok
FROM aws_cloudfront_distribution
