-- title: A port of administration or an outdated protocol is reachable from the internet
-- severity: high
-- layer: network_configuration
-- aliases: []
-- message: "the internet reaches `{resource}` on a port of administration; `partywall network exposed` lists the ports and the way"
SELECT resource,
    NOT array_any_match(internet, e -> e.is_wide AND e.is_reached AND e.is_answered AND (
        e.protocol = 'all' OR (e.protocol IN ('tcp', 'udp') AND (
            20 BETWEEN e.from_port AND e.to_port OR 21 BETWEEN e.from_port AND e.to_port OR 23 BETWEEN e.from_port AND e.to_port
            OR 25 BETWEEN e.from_port AND e.to_port OR 110 BETWEEN e.from_port AND e.to_port OR 135 BETWEEN e.from_port AND e.to_port
            OR 137 BETWEEN e.from_port AND e.to_port OR 138 BETWEEN e.from_port AND e.to_port OR 139 BETWEEN e.from_port AND e.to_port
            OR 143 BETWEEN e.from_port AND e.to_port OR 445 BETWEEN e.from_port AND e.to_port OR 1434 BETWEEN e.from_port AND e.to_port
            OR 2375 BETWEEN e.from_port AND e.to_port OR 2376 BETWEEN e.from_port AND e.to_port OR 2379 BETWEEN e.from_port AND e.to_port
            OR 2380 BETWEEN e.from_port AND e.to_port OR 4333 BETWEEN e.from_port AND e.to_port OR 5500 BETWEEN e.from_port AND e.to_port
            OR 5601 BETWEEN e.from_port AND e.to_port OR 5900 BETWEEN e.from_port AND e.to_port OR 5985 BETWEEN e.from_port AND e.to_port
            OR 5986 BETWEEN e.from_port AND e.to_port OR 6443 BETWEEN e.from_port AND e.to_port OR 8888 BETWEEN e.from_port AND e.to_port
            OR 10250 BETWEEN e.from_port AND e.to_port OR 10255 BETWEEN e.from_port AND e.to_port)))) AS ok
FROM network_endpoint
