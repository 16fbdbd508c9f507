-- title: Days between two reports that nothing covers
-- severity: medium
-- layer: facility
-- aliases: []
-- message: "between `{report}` and its successor in `{successor}` are {gap_days} days that no report and no bridge letter covers"
SELECT resource, report, successor, gap_days, gap_days = 0 AND document <> '' AS ok
FROM assurance_report
WHERE successor <> ''
