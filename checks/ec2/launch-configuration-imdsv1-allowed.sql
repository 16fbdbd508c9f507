-- title: Launch configuration allows metadata requests without a token
-- severity: high
-- layer: guest_os
-- aliases: [prowler:autoscaling_group_launch_configuration_requires_imdsv2, securityhub:AutoScaling.3]
-- message: "instances of `{title}` hand out their role's credentials without a session token"
SELECT resource, title, metadata_options_http_tokens = 'required' OR metadata_options_http_endpoint = 'disabled' AS ok
FROM aws_ec2_launch_configuration
