-- title: Water was detected
-- severity: critical
-- layer: environment
-- aliases: []
-- message: "detector `{detector}` said that there is water"
SELECT resource, detector, is_dry AS ok
FROM site_water
