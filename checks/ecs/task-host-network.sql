-- title: ECS task shares its host's network
-- severity: medium
-- layer: network_configuration
-- aliases: [prowler:ecs_task_definitions_host_networking_mode_users, securityhub:ECS.1]
-- message: "`{title}` shares the network of its host"
SELECT resource, title, network_mode <> 'host' AS ok
FROM aws_ecs_task_definition
