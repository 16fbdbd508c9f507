-- title: Launch configuration makes volumes that are not encrypted
-- severity: medium
-- layer: data
-- aliases: [AVD-AWS-0008]
-- message: "instances of `{title}` have a volume that is not encrypted"
SELECT resource, title,
    (root_block_device_encrypted OR array_any_match(block_device_mappings, d -> d.device_name IN ('/dev/xvda', '/dev/sda1') AND d.encrypted))
        AND NOT array_any_match(block_device_mappings, d -> NOT d.encrypted) AS ok
FROM aws_ec2_launch_configuration
