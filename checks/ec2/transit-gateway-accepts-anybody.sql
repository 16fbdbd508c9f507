-- title: Transit gateway accepts attachments by itself
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_331, prowler:ec2_transitgateway_auto_accept_vpc_attachments, securityhub:EC2.23]
-- message: "`{title}` lets other accounts attach their networks without consent"
SELECT resource, title, auto_accept_shared_attachments = 'disable' AS ok
FROM aws_ec2_transit_gateway
