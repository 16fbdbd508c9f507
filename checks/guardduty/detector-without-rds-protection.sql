-- title: GuardDuty does not look at logins to Aurora databases
-- severity: medium
-- layer: logging
-- aliases: [prowler:guardduty_rds_protection_enabled, securityhub:GuardDuty.9]
-- message: "the detector `{title}` does not look at logins to Aurora databases"
SELECT resource, title,
    CASE WHEN array_any_match(features, f -> f.name = 'RDS_LOGIN_EVENTS')
        THEN array_any_match(features, f -> f.name = 'RDS_LOGIN_EVENTS' AND f.status = 'ENABLED') END AS ok
FROM aws_guardduty_detector
WHERE enabled IS NOT FALSE
