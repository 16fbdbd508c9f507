-- title: Electrical, mechanical or life-support system is not monitored
-- severity: high
-- layer: environment
-- aliases: []
-- message: "nothing that watches `{system}` spoke in the period: {found}"
SELECT resource, system, array_to_string(silent, ', ') AS found, is_monitored AS ok
FROM site_watch
