-- title: Glue job runs on an old engine
-- severity: medium
-- layer: engine
-- aliases: [securityhub:Glue.4]
-- message: "`{title}` runs on Glue {glue_version}"
SELECT resource, title, glue_version, glue_version NOT IN ('0.9', '1.0', '2.0') AS ok
FROM aws_glue_job
