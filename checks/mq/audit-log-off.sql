-- title: MQ broker keeps no audit log
-- severity: medium
-- layer: logging
-- aliases: [AVD-AWS-0070, prowler:mq_broker_logging_enabled, securityhub:MQ.2]
-- message: "`{title}` keeps no audit log"
SELECT resource, title, audit_log_enabled OR upper(engine_type) = 'RABBITMQ' AND general_log_enabled AS ok
FROM aws_mq_broker
