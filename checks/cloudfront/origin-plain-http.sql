-- title: CloudFront fetches from its origin over plain HTTP
-- severity: medium
-- layer: network_configuration
-- aliases: [prowler:cloudfront_distributions_origin_traffic_encrypted, securityhub:CloudFront.9]
-- message: "`{title}` may fetch from an origin over plain HTTP"
SELECT resource, title, NOT array_any_match(origins, o -> o.origin_protocol_policy = 'http-only'
    OR o.origin_protocol_policy = 'match-viewer' AND viewer_protocol_policy = 'allow-all') AS ok
FROM aws_cloudfront_distribution
