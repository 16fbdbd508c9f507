-- title: GuardDuty is not on in a region
-- severity: high
-- layer: logging
-- message: "no detector of GuardDuty in `{name}`"
SELECT resource, title, name, cardinality(guardduty_detectors) > 0 AS ok
FROM aws_region
WHERE guardduty_offered IS NOT FALSE
