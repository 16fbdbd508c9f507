-- title: ECR image tags can be moved
-- severity: medium
-- layer: application_code
-- aliases: [CKV_AWS_51, AVD-AWS-0031, prowler:ecr_repositories_tag_immutability, securityhub:ECR.2]
-- message: "`{title}` lets tags be moved to other images"
SELECT resource, title, image_tag_mutability LIKE 'IMMUTABLE%' AS ok
FROM aws_ecr_repository
