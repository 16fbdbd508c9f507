-- title: Rule of the network applies to nothing
-- severity: low
-- layer: network_configuration
-- aliases: []
-- message: "`{resource}` does nothing: {why}"
SELECT resource, why, is_used AS ok
FROM network_rule
