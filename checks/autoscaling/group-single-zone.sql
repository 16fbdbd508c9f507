-- title: Auto Scaling group stands in one zone
-- severity: medium
-- layer: platform_recovery
-- aliases: [prowler:autoscaling_group_multiple_az, securityhub:AutoScaling.2]
-- message: "`{title}` has one subnet or zone only"
SELECT resource, title, cardinality(vpc_zone_identifier) > 1 OR cardinality(availability_zones) > 1 AS ok
FROM aws_ec2_autoscaling_group
