-- title: DMS endpoint is reached without TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [prowler:dms_endpoint_ssl_enabled, securityhub:DMS.9]
-- message: "`{title}` is reached without TLS"
SELECT resource, title, ssl_mode <> 'none' AS ok
FROM aws_dms_endpoint
WHERE (lower(engine_name) NOT IN ('s3', 'dynamodb', 'kinesis', 'opensearch', 'elasticsearch', 'neptune', 'kafka')) IS NOT FALSE
