-- title: An analyzer has findings that nobody settled
-- severity: medium
-- layer: identity
-- aliases: [prowler:accessanalyzer_enabled_without_findings]
-- message: "`{title}` has {findings} findings that are neither archived nor taken back"
SELECT a.resource, a.title, count(f.status) AS findings,
    CASE WHEN count(f.status) > 0 THEN FALSE WHEN count(f.resource) = 0 THEN TRUE END AS ok
FROM aws_accessanalyzer_analyzer a
LEFT JOIN aws_accessanalyzer_finding f ON f.access_analyzer_arn = a.resource
WHERE a.status = 'ACTIVE'
GROUP BY a.resource, a.title
