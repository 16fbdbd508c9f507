-- title: MSK cluster keeps no broker logs
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_80, AVD-AWS-0074]
-- message: "`{title}` keeps no broker logs"
SELECT resource, title, cloudwatch_logs_enabled OR s3_logs_enabled OR firehose_logs_enabled AS ok
FROM aws_msk_cluster
