-- title: Shared key of a VPN tunnel is written in code
-- severity: high
-- layer: data
-- message: "the shared key of the first tunnel of `{title}` is written in the source"
SELECT resource, title, NOT tunnel_preshared_key_literal AS ok
FROM aws_vpc_vpn_connection
