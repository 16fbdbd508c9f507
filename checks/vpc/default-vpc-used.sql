-- title: The default VPC is in use
-- severity: low
-- layer: network_configuration
-- aliases: [CKV_AWS_148, AVD-AWS-0101]
-- message: "`{title}` is the region's default VPC"
SELECT resource, title, NOT is_default AS ok
FROM aws_vpc
