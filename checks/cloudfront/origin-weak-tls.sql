-- title: CloudFront speaks outdated TLS to its origin
-- severity: medium
-- layer: network_configuration
-- aliases: [prowler:cloudfront_distributions_using_deprecated_ssl_protocols, securityhub:CloudFront.10]
-- message: "`{title}` speaks an outdated protocol to an origin"
SELECT resource, title, NOT array_any_match(origins, o -> array_any_match(o.origin_ssl_protocols, p -> p IN ('SSLv3', 'TLSv1', 'TLSv1.1'))) AS ok
FROM aws_cloudfront_distribution
