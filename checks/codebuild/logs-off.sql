-- title: CodeBuild project keeps no logs
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_314, prowler:codebuild_project_logging_enabled, securityhub:CodeBuild.4]
-- message: "`{title}` keeps no logs of its builds"
SELECT resource, title, cloudwatch_logs_status = 'ENABLED' OR s3_logs_status = 'ENABLED' AS ok
FROM aws_codebuild_project
