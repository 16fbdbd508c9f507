-- title: GuardDuty is switched off
-- severity: high
-- layer: logging
-- aliases: [CKV_AWS_238, prowler:guardduty_is_enabled, securityhub:GuardDuty.1]
-- message: "the detector `{title}` does not look for threats"
SELECT resource, title, enabled AS ok
FROM aws_guardduty_detector
