-- title: Instances can be reached over the serial console
-- severity: low
-- layer: network_configuration
-- message: "the region lets people reach instances over the serial console"
SELECT resource, NOT enabled AS ok
FROM aws_ec2_serial_console_access
