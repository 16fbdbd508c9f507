-- title: MQ broker has no standby
-- severity: medium
-- layer: platform_recovery
-- aliases: [prowler:mq_broker_active_deployment_mode, securityhub:MQ.5]
-- message: "`{title}` runs as a single instance"
SELECT resource, title, deployment_mode <> 'SINGLE_INSTANCE' AS ok
FROM aws_mq_broker
