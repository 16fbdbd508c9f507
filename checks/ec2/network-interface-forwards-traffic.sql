-- title: Network interface takes traffic that is not for it
-- severity: low
-- layer: network_configuration
-- aliases: [securityhub:EC2.180]
-- message: "`{title}` does not drop traffic that is meant for others"
SELECT resource, title, source_dest_check AS ok
FROM aws_ec2_network_interface
WHERE requester_managed IS NOT TRUE
