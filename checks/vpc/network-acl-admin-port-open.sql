-- title: Network ACL opens SSH or Remote Desktop to the internet
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_231, CKV_AWS_232, AVD-AWS-0105, prowler:ec2_networkacl_allow_ingress_tcp_port_22, prowler:ec2_networkacl_allow_ingress_tcp_port_3389, securityhub:EC2.21]
-- message: "entry {rule_number} of `{network_acl_id}` lets everybody reach SSH or Remote Desktop"
SELECT resource, network_acl_id, rule_number,
    is_egress OR rule_action = 'deny' OR NOT (
        (cidr_is_world(cidr_block) OR cidr_is_world(ipv6_cidr_block))
        AND (protocol = '-1' OR (protocol = 'tcp' AND (
            from_port = -1 OR 22 BETWEEN from_port AND to_port OR 3389 BETWEEN from_port AND to_port)))
    ) AS ok
FROM aws_vpc_network_acl_entry
WHERE is_egress IS NOT TRUE AND (rule_action = 'deny') IS NOT TRUE
