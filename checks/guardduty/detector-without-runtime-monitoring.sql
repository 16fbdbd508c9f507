-- title: GuardDuty does not look at what runs in instances and containers
-- severity: medium
-- layer: logging
-- aliases: [securityhub:GuardDuty.11]
-- message: "the detector `{title}` does not look at what runs in instances and containers"
SELECT resource, title,
    CASE WHEN array_any_match(features, f -> f.name = 'RUNTIME_MONITORING')
        THEN array_any_match(features, f -> f.name = 'RUNTIME_MONITORING' AND f.status = 'ENABLED') END AS ok
FROM aws_guardduty_detector
WHERE enabled IS NOT FALSE
