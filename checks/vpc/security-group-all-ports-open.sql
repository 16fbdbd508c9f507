-- title: Security group opens every port to the internet
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_277, prowler:ec2_securitygroup_allow_ingress_from_internet_to_all_ports]
-- message: "`{group_id}` lets {peer} in on {ip_protocol} {from_port} to {to_port}"
SELECT resource, group_id, ip_protocol, from_port, to_port, cidr_ipv4 || cidr_ipv6 AS peer,
    is_egress OR NOT (
        (cidr_is_world(cidr_ipv4) OR cidr_is_world(cidr_ipv6))
        AND (ip_protocol = '-1' OR (ip_protocol IN ('tcp', 'udp') AND (from_port = -1 OR (from_port <= 1 AND to_port = 65535))))
    ) AS ok
FROM aws_vpc_security_group_rule
WHERE is_egress IS NOT TRUE
