-- title: Classic load balancer does not balance between zones
-- severity: low
-- layer: platform_recovery
-- aliases: [CKV_AWS_138, prowler:elb_cross_zone_load_balancing_enabled, securityhub:ELB.9]
-- message: "`{title}` sends each zone's requests to that zone's instances only"
SELECT resource, title, cross_zone_enabled AS ok
FROM aws_ec2_classic_load_balancer
