-- title: Test of fire alarm or suppression is overdue
-- severity: high
-- layer: environment
-- aliases: []
-- message: "`{subject}`, {test}: {why}"
SELECT resource, subject, replace(kind, '_', ' ') AS test, why, is_current AS ok
FROM site_maintenance
WHERE kind IN ('alarm_test', 'suppression_test')
