-- title: Rule of the network is shadowed by others
-- severity: low
-- layer: network_configuration
-- aliases: []
-- message: "`{resource}` changes nothing: {why}"
SELECT resource, why, NOT is_shadowed AS ok
FROM network_rule
WHERE is_used IS NOT FALSE
