-- title: Load does not survive a failure during maintenance of its power
-- severity: medium
-- layer: environment
-- aliases: []
-- message: "`{load}`: {found}"
SELECT resource, load, array_to_string(maintenance_failures, '; ') AS found, survives_maintenance AS ok
FROM site_power_load
