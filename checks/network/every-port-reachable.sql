-- title: Every port is reachable from the internet
-- severity: high
-- layer: network_configuration
-- aliases: []
-- message: "the internet reaches `{resource}` on every port; `partywall network exposed` shows the way"
SELECT resource,
    NOT array_any_match(internet, e -> e.is_wide AND e.is_reached AND e.is_answered AND (
        e.protocol = 'all' OR (e.protocol IN ('tcp', 'udp') AND e.from_port <= 1 AND e.to_port = 65535))) AS ok
FROM network_endpoint
