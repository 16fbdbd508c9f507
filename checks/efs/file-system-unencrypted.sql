-- title: EFS file system stores files unencrypted
-- severity: high
-- layer: data
-- aliases: [CKV_AWS_42, AVD-AWS-0037, prowler:efs_encryption_at_rest_enabled, securityhub:EFS.1]
-- message: "`{title}` stores files unencrypted"
SELECT resource, title, encrypted AS ok
FROM aws_efs_file_system
