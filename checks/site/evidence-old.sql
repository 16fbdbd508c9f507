-- title: Evidence is older than its interval
-- severity: medium
-- layer: physical_access
-- aliases: []
-- message: "the newest of `{id}` is {age_hours} hours older than the end of the period; {interval_hours_max} are allowed"
SELECT resource, id, age_hours, interval_hours_max, age_hours <= interval_hours_max AS ok
FROM site_evidence
