-- title: MQ broker has a public address
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_69, AVD-AWS-0072, prowler:mq_broker_not_publicly_accessible]
-- message: "`{title}` has a public address"
SELECT resource, title, NOT publicly_accessible AS ok
FROM aws_mq_broker
