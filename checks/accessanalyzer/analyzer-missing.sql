-- title: Nothing looks for access from outside in a region
-- severity: medium
-- layer: identity
-- aliases: [prowler:accessanalyzer_enabled, securityhub:IAM.28]
-- message: "no analyzer for access from outside is active in `{name}`"
SELECT r.resource, r.title, r.name,
    array_any_match(r.access_analyzers, a -> a.type IN ('ACCOUNT', 'ORGANIZATION') AND a.status = 'ACTIVE') OR count(o.resource) > 0 AS ok
FROM aws_region r
LEFT JOIN aws_accessanalyzer_analyzer o ON o.region = r.region AND o.type = 'ORGANIZATION' AND o.status = 'ACTIVE'
WHERE r.access_analyzer_offered IS NOT FALSE
GROUP BY r.resource, r.title, r.name, r.access_analyzers
