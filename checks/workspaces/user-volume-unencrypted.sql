-- title: WorkSpace stores its user's files unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_155, securityhub:WorkSpaces.1]
-- message: "`{title}` does not encrypt the user's volume"
SELECT resource, title, user_volume_encryption_enabled AS ok
FROM aws_workspaces_workspace
