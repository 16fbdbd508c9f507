-- title: ECS task runs a privileged container
-- severity: high
-- layer: guest_os
-- aliases: [prowler:ecs_task_definitions_no_privileged_containers, securityhub:ECS.4]
-- message: "`{title}` runs a privileged container"
SELECT resource, title, NOT array_any_match(container_definitions, c -> c.privileged) AS ok
FROM aws_ecs_task_definition
