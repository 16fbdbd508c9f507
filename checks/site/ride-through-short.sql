-- title: Batteries do not bridge the start of the generators
-- severity: critical
-- layer: environment
-- aliases: []
-- message: "`{load}`: {found}"
SELECT resource, load, array_to_string(short_rides, '; ') AS found, rides_through AS ok
FROM site_power_load
