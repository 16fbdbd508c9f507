-- title: CodeBuild project shows its builds to everybody
-- severity: high
-- layer: identity
-- aliases: [prowler:codebuild_project_not_publicly_accessible]
-- message: "`{title}` shows logs and artifacts of its builds to everybody"
SELECT resource, title, project_visibility = 'PRIVATE' AS ok
FROM aws_codebuild_project
