-- title: ECR repository never drops old images
-- severity: low
-- layer: application_code
-- aliases: [prowler:ecr_repositories_lifecycle_policy_enabled, securityhub:ECR.3]
-- message: "`{title}` keeps every image for ever"
SELECT resource, title, lifecycle_policy <> '' AS ok
FROM aws_ecr_repository
