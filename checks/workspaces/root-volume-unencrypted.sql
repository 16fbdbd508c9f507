-- title: WorkSpace stores its system volume unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_156, securityhub:WorkSpaces.2]
-- message: "`{title}` does not encrypt the system volume"
SELECT resource, title, root_volume_encryption_enabled AS ok
FROM aws_workspaces_workspace
