-- title: EKS nodes take SSH from everybody
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_100]
-- message: "`{title}` opens SSH on its nodes to every address"
SELECT resource, title, remote_access_ec2_ssh_key = '' OR cardinality(remote_access_source_security_groups) > 0 AS ok
FROM aws_eks_node_group
