-- title: ECS task mounts a file system without TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_97, AVD-AWS-0035]
-- message: "`{title}` mounts an EFS file system without TLS"
SELECT resource, title, NOT array_any_match(volumes, v -> v.efs_file_system_id <> '' AND v.efs_transit_encryption <> 'ENABLED') AS ok
FROM aws_ecs_task_definition
