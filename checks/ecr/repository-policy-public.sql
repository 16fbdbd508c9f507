-- title: ECR repository is open to everybody
-- severity: critical
-- layer: application_code
-- aliases: [CKV_AWS_32, AVD-AWS-0032, prowler:ecr_repositories_not_publicly_accessible]
-- message: "`{title}` has a policy that lets everybody in"
SELECT resource, title, NOT policy_allows_public(policy) AS ok
FROM aws_ecr_repository
