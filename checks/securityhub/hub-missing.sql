-- title: Security Hub is not on in a region
-- severity: medium
-- layer: logging
-- aliases: [prowler:securityhub_enabled]
-- message: "Security Hub is off in `{name}`"
SELECT resource, title, name, securityhub_enabled AS ok
FROM aws_region
WHERE securityhub_offered IS NOT FALSE
