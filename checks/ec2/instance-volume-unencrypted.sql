-- title: EC2 instance's volumes are not encrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_8, AVD-AWS-0131]
-- message: "`{title}` has a volume that is not encrypted"
SELECT resource, title,
    (root_block_device_encrypted OR array_any_match(block_device_mappings, d -> d.device_name IN ('/dev/xvda', '/dev/sda1', root_device_name) AND d.encrypted))
        AND NOT array_any_match(block_device_mappings, d -> NOT d.encrypted) AS ok
FROM aws_ec2_instance
