-- title: EKS cluster's API answers everybody
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_38, AVD-AWS-0041, prowler:eks_cluster_not_publicly_accessible, securityhub:EKS.1]
-- message: "`{title}` answers API calls from every address"
SELECT resource, title, NOT (endpoint_public_access AND array_any_match(public_access_cidrs, range -> cidr_is_world(range))) AS ok
FROM aws_eks_cluster
