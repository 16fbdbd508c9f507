-- title: CodeBuild project builds with privileges
-- severity: medium
-- layer: guest_os
-- aliases: [CKV_AWS_316]
-- message: "`{title}` builds in a privileged container"
SELECT resource, title, NOT privileged_mode AS ok
FROM aws_codebuild_project
