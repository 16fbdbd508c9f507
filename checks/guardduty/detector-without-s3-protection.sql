-- title: GuardDuty does not look at reads and writes of S3 objects
-- severity: medium
-- layer: logging
-- aliases: [prowler:guardduty_s3_protection_enabled, securityhub:GuardDuty.10]
-- message: "the detector `{title}` does not look at reads and writes of S3 objects"
SELECT resource, title,
    CASE WHEN array_any_match(features, f -> f.name = 'S3_DATA_EVENTS')
            THEN array_any_match(features, f -> f.name = 'S3_DATA_EVENTS' AND f.status = 'ENABLED')
        WHEN array_any_match(separate_features, f -> f = 'S3_DATA_EVENTS') THEN NULL
        ELSE s3_logs_enabled END AS ok
FROM aws_guardduty_detector
WHERE enabled IS NOT FALSE
