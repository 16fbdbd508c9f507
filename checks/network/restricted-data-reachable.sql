-- title: Restricted data is reachable from the internet
-- severity: critical
-- layer: network_configuration
-- aliases: []
-- sensitivity: restricted
-- message: "the internet, or a part of it, reaches `{resource}`, whose data is restricted; `partywall network exposed` lists the ports and the way"
SELECT resource, NOT array_any_match(internet, e -> e.is_reached AND e.is_answered) AS ok
FROM network_endpoint
