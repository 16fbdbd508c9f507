-- title: The default VPC is in use
-- severity: low
-- layer: network_configuration
-- aliases: [CKV_AWS_148, AVD-AWS-0101]
-- message: "`{title}` is the region's default VPC"
SELECT v.resource, v.title,
    NOT v.is_default OR v.resource LIKE 'arn:%' AND bool_or(n.vpc_id = v.resource) IS NOT TRUE AS ok
FROM aws_vpc v LEFT JOIN aws_ec2_network_interface n ON n.vpc_id = v.resource
GROUP BY v.resource, v.title, v.is_default
