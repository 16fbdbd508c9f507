-- title: Security group opens a database to the internet
-- severity: high
-- layer: network_configuration
-- aliases: [prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306]
-- message: "`{group_id}` lets {peer} in on {ip_protocol} {from_port} to {to_port}"
SELECT resource, group_id, ip_protocol, from_port, to_port, cidr_ipv4 || cidr_ipv6 AS peer,
    is_egress OR NOT (
        (cidr_is_world(cidr_ipv4) OR cidr_is_world(cidr_ipv6))
        AND (ip_protocol = '-1' OR (ip_protocol IN ('tcp', 'udp') AND (
            from_port = -1 OR 1433 BETWEEN from_port AND to_port OR 1521 BETWEEN from_port AND to_port OR 3306 BETWEEN from_port AND to_port
            OR 5432 BETWEEN from_port AND to_port OR 5439 BETWEEN from_port AND to_port OR 6379 BETWEEN from_port AND to_port
            OR 7000 BETWEEN from_port AND to_port OR 7001 BETWEEN from_port AND to_port OR 8020 BETWEEN from_port AND to_port
            OR 8086 BETWEEN from_port AND to_port OR 9042 BETWEEN from_port AND to_port OR 9092 BETWEEN from_port AND to_port
            OR 9200 BETWEEN from_port AND to_port OR 9300 BETWEEN from_port AND to_port OR 11211 BETWEEN from_port AND to_port
            OR 27017 BETWEEN from_port AND to_port OR 27018 BETWEEN from_port AND to_port OR 27019 BETWEEN from_port AND to_port
            OR 50070 BETWEEN from_port AND to_port)))
    ) AS ok
FROM aws_vpc_security_group_rule
WHERE is_egress IS NOT TRUE
