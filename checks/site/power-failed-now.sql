-- title: Load loses power with what has failed now
-- severity: critical
-- layer: environment
-- aliases: []
-- message: "`{load}`: {now}"
SELECT resource, load, now, is_powered AS ok
FROM site_power_load
