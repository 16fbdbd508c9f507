-- title: ECS service gives its tasks public addresses
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_333, prowler:ecs_services_no_assign_public_ip, securityhub:ECS.2]
-- message: "`{title}` gives its tasks public addresses"
SELECT resource, title, NOT assign_public_ip AS ok
FROM aws_ecs_service
