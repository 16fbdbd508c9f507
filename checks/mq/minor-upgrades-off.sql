-- title: MQ broker does not install minor versions by itself
-- severity: medium
-- layer: engine
-- aliases: [CKV_AWS_207, prowler:mq_broker_auto_minor_version_upgrades, securityhub:MQ.3]
-- message: "`{title}` waits for somebody to install minor versions"
SELECT resource, title, auto_minor_version_upgrade AS ok
FROM aws_mq_broker
