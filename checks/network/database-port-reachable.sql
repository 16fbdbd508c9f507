-- title: A database port is reachable from the internet
-- severity: high
-- layer: network_configuration
-- aliases: []
-- message: "the internet reaches `{resource}` on a port of databases; `partywall network exposed` lists the ports and the way"
SELECT resource,
    NOT array_any_match(internet, e -> e.is_wide AND e.is_reached AND e.is_answered AND (
        e.protocol = 'all' OR (e.protocol IN ('tcp', 'udp') AND (
            1433 BETWEEN e.from_port AND e.to_port OR 1521 BETWEEN e.from_port AND e.to_port OR 3306 BETWEEN e.from_port AND e.to_port
            OR 5432 BETWEEN e.from_port AND e.to_port OR 5439 BETWEEN e.from_port AND e.to_port OR 6379 BETWEEN e.from_port AND e.to_port
            OR 7000 BETWEEN e.from_port AND e.to_port OR 7001 BETWEEN e.from_port AND e.to_port OR 8020 BETWEEN e.from_port AND e.to_port
            OR 8086 BETWEEN e.from_port AND e.to_port OR 9042 BETWEEN e.from_port AND e.to_port OR 9092 BETWEEN e.from_port AND e.to_port
            OR 9200 BETWEEN e.from_port AND e.to_port OR 9300 BETWEEN e.from_port AND e.to_port OR 11211 BETWEEN e.from_port AND e.to_port
            OR 27017 BETWEEN e.from_port AND e.to_port OR 27018 BETWEEN e.from_port AND e.to_port OR 27019 BETWEEN e.from_port AND e.to_port
            OR 50070 BETWEEN e.from_port AND e.to_port)))) AS ok
FROM network_endpoint
