-- title: Security group opens Remote Desktop to the internet
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_25, prowler:ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_3389, securityhub:EC2.14]
-- message: "`{group_id}` lets {peer} in on {ip_protocol} {from_port} to {to_port}"
SELECT resource, group_id, ip_protocol, from_port, to_port, cidr_ipv4 || cidr_ipv6 AS peer,
    is_egress OR NOT (
        (cidr_is_world(cidr_ipv4) OR cidr_is_world(cidr_ipv6))
        AND (ip_protocol = '-1' OR (ip_protocol = 'tcp' AND (
            from_port = -1 OR 3389 BETWEEN from_port AND to_port)))
    ) AS ok
FROM aws_vpc_security_group_rule
WHERE is_egress IS NOT TRUE
