-- title: Athena workgroup does not ask for encrypted results
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_159, AVD-AWS-0006, prowler:athena_workgroup_encryption]
-- message: "`{title}` does not ask for encrypted results"
SELECT resource, title, encryption_option <> '' AS ok
FROM aws_athena_workgroup
