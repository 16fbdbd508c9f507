-- title: Launch template allows metadata requests without a token
-- severity: high
-- layer: guest_os
-- aliases: [AVD-AWS-0130, prowler:ec2_launch_template_imdsv2_required, securityhub:EC2.170]
-- message: "instances of `{title}` hand out their role's credentials without a session token"
SELECT resource, title, metadata_http_tokens = 'required' OR metadata_http_endpoint = 'disabled' AS ok
FROM aws_ec2_launch_template
