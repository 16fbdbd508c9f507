-- title: CloudFront distribution has no web application firewall
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_68, AVD-AWS-0011, prowler:cloudfront_distributions_using_waf, securityhub:CloudFront.6]
-- message: "`{title}` has no web application firewall"
SELECT resource, title, web_acl_id <> '' AS ok
FROM aws_cloudfront_distribution
