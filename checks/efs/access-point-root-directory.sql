-- title: EFS access point opens the whole file system
-- severity: medium
-- layer: identity
-- aliases: [CKV_AWS_329, prowler:efs_access_point_enforce_root_directory, securityhub:EFS.3]
-- message: "`{title}` opens the whole file system"
SELECT resource, title, root_directory_path <> '/' AS ok
FROM aws_efs_access_point
