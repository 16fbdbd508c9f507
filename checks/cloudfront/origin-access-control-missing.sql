-- title: CloudFront reads a bucket without an identity
-- severity: medium
-- layer: identity
-- aliases: [prowler:cloudfront_distributions_s3_origin_access_control, securityhub:CloudFront.13]
-- message: "`{title}` reads a bucket without an origin access control"
SELECT resource, title, NOT array_any_match(origins, o -> o.is_s3_origin AND o.origin_access_control_id = '') AS ok
FROM aws_cloudfront_distribution
