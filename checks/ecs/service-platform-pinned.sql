-- title: ECS service stays on an old Fargate platform
-- severity: medium
-- layer: engine
-- aliases: [CKV_AWS_332, prowler:ecs_service_fargate_latest_platform_version, securityhub:ECS.10]
-- message: "`{title}` is pinned to the platform {platform_version}"
SELECT resource, title, platform_version, platform_version IN ('', 'LATEST') AS ok
FROM aws_ecs_service
WHERE (launch_type IN ('', 'FARGATE')) IS NOT FALSE
