-- title: CloudFront accepts outdated TLS from viewers
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_174, AVD-AWS-0013, securityhub:CloudFront.15]
-- message: "`{title}` accepts {minimum_protocol_version} from viewers"
SELECT resource, title, minimum_protocol_version, minimum_protocol_version LIKE 'TLSv1.2%' OR minimum_protocol_version LIKE 'TLSv1.3%' AS ok
FROM aws_cloudfront_distribution
