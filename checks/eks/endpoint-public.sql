-- title: EKS cluster's API has a public address
-- severity: low
-- layer: network_configuration
-- aliases: [CKV_AWS_39, AVD-AWS-0040]
-- sensitivity: confidential
-- message: "`{title}` has a public address for its API"
SELECT resource, title, NOT endpoint_public_access AS ok
FROM aws_eks_cluster
