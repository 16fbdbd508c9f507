-- title: AWS Config does not record
-- severity: medium
-- layer: logging
-- aliases: [prowler:config_recorder_all_regions_enabled, securityhub:Config.1]
-- message: "`{title}` is not started"
SELECT resource, title, is_recording AS ok
FROM aws_config_configuration_recorder
