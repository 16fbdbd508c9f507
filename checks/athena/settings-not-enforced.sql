-- title: Athena lets clients choose where and how results are stored
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_82, AVD-AWS-0007, prowler:athena_workgroup_enforce_configuration]
-- message: "`{title}` lets clients override its settings"
SELECT resource, title, enforce_workgroup_configuration AS ok
FROM aws_athena_workgroup
