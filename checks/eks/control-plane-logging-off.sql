-- title: EKS cluster does not record calls and logins
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_37, AVD-AWS-0038, prowler:eks_control_plane_logging_all_types_enabled, securityhub:EKS.8]
-- message: "`{title}` does not record both audit and authenticator logs"
SELECT resource, title, array_any_match(enabled_cluster_log_types, log -> log = 'audit') AND array_any_match(enabled_cluster_log_types, log -> log = 'authenticator') AS ok
FROM aws_eks_cluster
