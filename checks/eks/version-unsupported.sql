-- title: EKS cluster runs a version past its standard support
-- severity: high
-- layer: engine
-- aliases: [CKV_AWS_339, prowler:eks_cluster_uses_a_supported_version, securityhub:EKS.2]
-- message: "`{title}` runs Kubernetes {version}, which is past its standard support"
SELECT resource, title, version, NOT regexp_like(version, '^1\.([0-9]|[12][0-9]|3[0-3])$') AS ok
FROM aws_eks_cluster
