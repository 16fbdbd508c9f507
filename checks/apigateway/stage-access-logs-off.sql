-- title: API stage keeps no access log
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_76, AVD-AWS-0001]
-- message: "`{title}` keeps no access log"
SELECT resource, title, access_log_destination_arn <> '' AS ok
FROM aws_api_gateway_stage
