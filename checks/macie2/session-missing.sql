-- title: Macie is not on in a region
-- severity: low
-- layer: data
-- aliases: [prowler:macie_is_enabled, securityhub:Macie.1]
-- message: "Macie is off or paused in `{name}`"
SELECT resource, title, name, macie_status = 'ENABLED' AS ok
FROM aws_region
WHERE macie_offered IS NOT FALSE
