-- title: Preventive maintenance is overdue
-- severity: medium
-- layer: environment
-- aliases: []
-- message: "`{subject}`: {why}"
SELECT resource, subject, why, is_current AS ok
FROM site_maintenance
WHERE kind = 'preventive'
