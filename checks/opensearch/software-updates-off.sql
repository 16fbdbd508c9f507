-- title: OpenSearch domain does not install updates by itself
-- severity: medium
-- layer: engine
-- aliases: [prowler:opensearch_service_domains_updated_to_the_latest_service_software_version, securityhub:Opensearch.10]
-- message: "`{title}` waits for somebody to install service software"
SELECT resource, title, auto_software_update_enabled AS ok
FROM aws_opensearch_domain
