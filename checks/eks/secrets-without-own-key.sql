-- title: EKS cluster encrypts its secrets with a key of AWS
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_58, AVD-AWS-0039, prowler:eks_cluster_kms_cmk_encryption_in_secrets_enabled, securityhub:EKS.3]
-- message: "`{title}` does not encrypt Kubernetes secrets with a key of your own"
SELECT resource, title, encryption_key_arn <> '' AS ok
FROM aws_eks_cluster
