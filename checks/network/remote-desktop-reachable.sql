-- title: Remote Desktop is reachable from the internet
-- severity: high
-- layer: network_configuration
-- aliases: []
-- message: "the internet reaches `{resource}` over Remote Desktop; `partywall network reach internet {resource} --port 3389` shows the way"
SELECT resource,
    NOT array_any_match(internet, e -> e.is_wide AND e.is_reached AND e.is_answered AND (
        e.protocol = 'all' OR (e.protocol IN ('tcp', 'udp') AND 3389 BETWEEN e.from_port AND e.to_port))) AS ok
FROM network_endpoint
