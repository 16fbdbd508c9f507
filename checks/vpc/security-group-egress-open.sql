-- title: Security group lets everything out
-- severity: low
-- layer: network_configuration
-- aliases: [CKV_AWS_382, AVD-AWS-0104]
-- message: "`{group_id}` lets all protocols out to {peer}"
SELECT resource, group_id, cidr_ipv4 || cidr_ipv6 AS peer,
    NOT is_egress OR NOT ((cidr_is_world(cidr_ipv4) OR cidr_is_world(cidr_ipv6)) AND ip_protocol = '-1') AS ok
FROM aws_vpc_security_group_rule
WHERE is_egress IS NOT FALSE
