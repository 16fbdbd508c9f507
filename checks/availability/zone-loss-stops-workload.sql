-- title: Workload stops when a zone is lost
-- severity: high
-- layer: platform_recovery
-- aliases: []
-- message: "`{workload}` is {level} when {scenario} is lost: {reasons}; `partywall drill` shows what brings it down and what cures it"
SELECT resource, workload, scenario, level, array_to_string(why, '; ') AS reasons, stands AS ok
FROM availability_outcome
WHERE kind = 'zone' AND workload <> resource
