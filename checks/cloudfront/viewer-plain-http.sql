-- title: CloudFront serves viewers over plain HTTP
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_34, AVD-AWS-0012, prowler:cloudfront_distributions_https_enabled, securityhub:CloudFront.3]
-- message: "`{title}` serves viewers over plain HTTP"
SELECT resource, title, viewer_protocol_policy <> 'allow-all'
    AND NOT array_any_match(ordered_viewer_protocol_policies, policy -> policy = 'allow-all') AS ok
FROM aws_cloudfront_distribution
