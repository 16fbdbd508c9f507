-- title: ECS task shares its host's processes
-- severity: high
-- layer: guest_os
-- aliases: [CKV_AWS_335, prowler:ecs_task_definitions_host_namespace_not_shared, securityhub:ECS.3]
-- message: "`{title}` sees the processes of its host"
SELECT resource, title, pid_mode <> 'host' AS ok
FROM aws_ecs_task_definition
