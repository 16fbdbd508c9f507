-- title: CodeBuild project stores artifacts unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_78, AVD-AWS-0018]
-- message: "`{title}` stores artifacts unencrypted"
SELECT resource, title, NOT artifacts_encryption_disabled AS ok
FROM aws_codebuild_project
