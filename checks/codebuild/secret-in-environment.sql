-- title: CodeBuild project has a secret in its environment
-- severity: high
-- layer: application_code
-- aliases: [prowler:codebuild_project_no_secrets_in_variables, securityhub:CodeBuild.2]
-- message: "`{title}` has a secret written into its environment variables"
SELECT resource, title, NOT array_any_match(environment_variables, v -> v.type = 'PLAINTEXT' AND (v.value_secret
    OR v.name IN ('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'))) AS ok
FROM aws_codebuild_project
