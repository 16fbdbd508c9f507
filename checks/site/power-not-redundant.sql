-- title: Load does not survive a single failure of its power
-- severity: high
-- layer: environment
-- aliases: []
-- message: "`{load}`: {found}"
SELECT resource, load, array_to_string(failures, '; ') AS found, survives_any_failure AS ok
FROM site_power_load
