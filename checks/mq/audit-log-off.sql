-- title: MQ broker keeps no audit log
-- severity: medium
-- layer: logging
-- aliases: [AVD-AWS-0070, prowler:mq_broker_logging_enabled, securityhub:MQ.2]
-- message: "`{title}` keeps no audit log"
SELECT resource, title, audit_log_enabled OR CASE WHEN upper(engine_type) = 'RABBITMQ' THEN general_log_enabled ELSE FALSE END AS ok
FROM aws_mq_broker
