-- title: ECS cluster keeps no record of commands run in containers
-- severity: medium
-- layer: logging
-- message: "`{title}` keeps no record of what people run in containers"
SELECT resource, title, execute_command_logging <> 'NONE' AS ok
FROM aws_ecs_cluster
