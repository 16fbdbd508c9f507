-- title: GuardDuty does not look at audit logs of Kubernetes
-- severity: medium
-- layer: logging
-- aliases: [prowler:guardduty_eks_audit_log_enabled, securityhub:GuardDuty.5]
-- message: "the detector `{title}` does not look at audit logs of Kubernetes"
SELECT resource, title,
    CASE WHEN array_any_match(features, f -> f.name = 'EKS_AUDIT_LOGS')
            THEN array_any_match(features, f -> f.name = 'EKS_AUDIT_LOGS' AND f.status = 'ENABLED')
        WHEN array_any_match(separate_features, f -> f = 'EKS_AUDIT_LOGS') THEN NULL
        ELSE kubernetes_audit_logs_enabled END AS ok
FROM aws_guardduty_detector
WHERE enabled IS NOT FALSE
