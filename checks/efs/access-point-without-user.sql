-- title: EFS access point trusts its clients to say who they are
-- severity: medium
-- layer: identity
-- aliases: [CKV_AWS_330, prowler:efs_access_point_enforce_user_identity, securityhub:EFS.4]
-- message: "`{title}` takes its clients' word for who they are"
SELECT resource, title, posix_user_set AS ok
FROM aws_efs_access_point
