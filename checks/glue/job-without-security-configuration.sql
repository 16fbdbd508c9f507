-- title: Glue job writes results and logs unencrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_195]
-- message: "`{title}` has no security configuration"
SELECT resource, title, security_configuration <> '' AS ok
FROM aws_glue_job
