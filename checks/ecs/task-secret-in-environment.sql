-- title: ECS task has a secret in its environment
-- severity: high
-- layer: application_code
-- aliases: [AVD-AWS-0036, prowler:ecs_task_definitions_no_environment_secrets, securityhub:ECS.8]
-- message: "`{title}` has a secret written into its definition"
SELECT resource, title, NOT environment_secret AS ok
FROM aws_ecs_task_definition
