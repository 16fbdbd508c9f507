-- title: CloudFront uses its own certificate
-- severity: low
-- layer: network_configuration
-- aliases: [CKV2_AWS_42, prowler:cloudfront_distributions_custom_ssl_certificate, securityhub:CloudFront.7]
-- message: "`{title}` uses the certificate of CloudFront"
SELECT resource, title, acm_certificate_arn <> '' OR NOT cloudfront_default_certificate AS ok
FROM aws_cloudfront_distribution
