-- title: ECS cluster measures nothing about its containers
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_65, AVD-AWS-0034, prowler:ecs_cluster_container_insights_enabled, securityhub:ECS.12]
-- message: "`{title}` has Container Insights off"
SELECT resource, title, container_insights IN ('enabled', 'enhanced') AS ok
FROM aws_ecs_cluster
