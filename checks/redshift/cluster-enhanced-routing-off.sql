-- title: Redshift cluster loads data around the VPC
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_321, prowler:redshift_cluster_enhanced_vpc_routing, securityhub:Redshift.7]
-- message: "`{title}` copies data to and from S3 outside its VPC"
SELECT resource, title, enhanced_vpc_routing AS ok
FROM aws_redshift_cluster
