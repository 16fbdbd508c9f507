-- title: Auto Scaling group does not ask its load balancer
-- severity: low
-- layer: platform_recovery
-- aliases: [prowler:autoscaling_group_elb_health_check_enabled, securityhub:AutoScaling.1]
-- message: "`{title}` keeps instances that its load balancer takes for ill"
SELECT resource, title, health_check_type LIKE '%ELB%' AS ok
FROM aws_ec2_autoscaling_group
WHERE (cardinality(load_balancer_names) + cardinality(target_group_arns) > 0) IS NOT FALSE
