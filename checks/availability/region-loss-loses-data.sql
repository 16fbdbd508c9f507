-- title: Loss of a region loses data without a bound
-- severity: medium
-- layer: backup
-- aliases: []
-- message: "`{workload}` loses data without a bound when {scenario} is lost: {reasons}; `partywall drill` shows what has no copy elsewhere"
SELECT resource, workload, scenario, array_to_string(why, '; ') AS reasons, rpo_seconds_max >= 0 AS ok
FROM availability_outcome
WHERE kind = 'region' AND workload <> resource
