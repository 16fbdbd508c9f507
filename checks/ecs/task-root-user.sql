-- title: ECS task runs as root
-- severity: medium
-- layer: guest_os
-- aliases: [securityhub:ECS.20]
-- message: "`{title}` runs a container as root"
SELECT resource, title, NOT array_any_match(container_definitions, c -> regexp_like(c['user'], '^(root|0)?(:.*)?$')) AS ok
FROM aws_ecs_task_definition
