-- title: ECS task may write to its root file system
-- severity: low
-- layer: guest_os
-- aliases: [CKV_AWS_336, prowler:ecs_task_definitions_containers_readonly_access, securityhub:ECS.5]
-- message: "`{title}` lets a container write to its own root file system"
SELECT resource, title, NOT array_any_match(container_definitions, c -> NOT c.readonly_root_filesystem) AS ok
FROM aws_ecs_task_definition
