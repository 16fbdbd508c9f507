-- title: EC2 instance answers metadata requests without a token
-- severity: high
-- layer: guest_os
-- aliases: [CKV_AWS_79, AVD-AWS-0028, prowler:ec2_instance_imdsv2_enabled, securityhub:EC2.8]
-- message: "`{title}` hands out its role's credentials without a session token (http_tokens {metadata_http_tokens})"
SELECT resource, title, metadata_http_tokens, metadata_http_tokens = 'required' OR metadata_http_endpoint = 'disabled' AS ok
FROM aws_ec2_instance
