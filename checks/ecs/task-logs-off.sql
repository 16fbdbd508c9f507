-- title: ECS task keeps no logs
-- severity: medium
-- layer: logging
-- aliases: [prowler:ecs_task_definitions_logging_enabled, securityhub:ECS.9]
-- message: "`{title}` has a container without a log driver"
SELECT resource, title, NOT array_any_match(container_definitions, c -> c.log_driver = '') AS ok
FROM aws_ecs_task_definition
