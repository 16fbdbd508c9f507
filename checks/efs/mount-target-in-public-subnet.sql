-- title: EFS mount target is in a subnet for public hosts
-- severity: medium
-- layer: network_configuration
-- aliases: [prowler:efs_mount_target_not_publicly_accessible, securityhub:EFS.6]
-- message: "`{title}` is in a subnet that gives hosts public addresses"
SELECT m.resource, m.title, NOT s.map_public_ip_on_launch AS ok
FROM aws_efs_mount_target m
LEFT JOIN aws_vpc_subnet s ON s.resource = m.subnet_id
