-- title: EFS file system lets everybody in
-- severity: high
-- layer: identity
-- aliases: [prowler:efs_not_publicly_accessible]
-- message: "`{title}` has a policy that lets every client in"
SELECT resource, title, NOT policy_allows_public(policy) AS ok
FROM aws_efs_file_system
