-- title: AWS Config does not record every kind of resource
-- severity: medium
-- layer: logging
-- aliases: [CKV2_AWS_48]
-- message: "`{title}` records all kinds: {all_supported}, IAM's too: {include_global_resource_types}"
SELECT resource, title, all_supported, include_global_resource_types, all_supported AND include_global_resource_types AS ok
FROM aws_config_configuration_recorder
