-- title: Security group opens a port of administration or an outdated protocol to the internet
-- severity: high
-- layer: network_configuration
-- aliases: [securityhub:EC2.19]
-- message: "`{group_id}` lets {peer} in on {ip_protocol} {from_port} to {to_port}"
SELECT resource, group_id, ip_protocol, from_port, to_port, cidr_ipv4 || cidr_ipv6 AS peer,
    is_egress OR NOT (
        (cidr_is_world(cidr_ipv4) OR cidr_is_world(cidr_ipv6))
        AND (ip_protocol = '-1' OR (ip_protocol IN ('tcp', 'udp') AND (
            from_port = -1 OR 20 BETWEEN from_port AND to_port OR 21 BETWEEN from_port AND to_port OR 23 BETWEEN from_port AND to_port
            OR 25 BETWEEN from_port AND to_port OR 110 BETWEEN from_port AND to_port OR 135 BETWEEN from_port AND to_port
            OR 137 BETWEEN from_port AND to_port OR 138 BETWEEN from_port AND to_port OR 139 BETWEEN from_port AND to_port
            OR 143 BETWEEN from_port AND to_port OR 445 BETWEEN from_port AND to_port OR 1434 BETWEEN from_port AND to_port
            OR 2375 BETWEEN from_port AND to_port OR 2376 BETWEEN from_port AND to_port OR 2379 BETWEEN from_port AND to_port
            OR 2380 BETWEEN from_port AND to_port OR 4333 BETWEEN from_port AND to_port OR 5500 BETWEEN from_port AND to_port
            OR 5601 BETWEEN from_port AND to_port OR 5900 BETWEEN from_port AND to_port OR 5985 BETWEEN from_port AND to_port
            OR 5986 BETWEEN from_port AND to_port OR 6443 BETWEEN from_port AND to_port OR 8888 BETWEEN from_port AND to_port
            OR 10250 BETWEEN from_port AND to_port OR 10255 BETWEEN from_port AND to_port)))
    ) AS ok
FROM aws_vpc_security_group_rule
WHERE is_egress IS NOT TRUE
