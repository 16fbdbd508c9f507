-- title: GuardDuty does not look at the network of Lambda functions
-- severity: medium
-- layer: logging
-- aliases: [prowler:guardduty_lambda_protection_enabled, securityhub:GuardDuty.6]
-- message: "the detector `{title}` does not look at the network of Lambda functions"
SELECT resource, title,
    CASE WHEN array_any_match(features, f -> f.name = 'LAMBDA_NETWORK_LOGS')
        THEN array_any_match(features, f -> f.name = 'LAMBDA_NETWORK_LOGS' AND f.status = 'ENABLED') END AS ok
FROM aws_guardduty_detector
WHERE enabled IS NOT FALSE
