-- title: Launch template makes volumes that are not encrypted
-- severity: medium
-- layer: data
-- aliases: [securityhub:EC2.181]
-- message: "instances of `{title}` have a volume that is not encrypted"
SELECT resource, title,
    CASE WHEN cardinality(block_device_mappings) = 0 THEN NULL ELSE NOT array_any_match(block_device_mappings, d -> NOT d.encrypted) END AS ok
FROM aws_ec2_launch_template
