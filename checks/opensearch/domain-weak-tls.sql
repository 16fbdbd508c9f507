-- title: OpenSearch domain accepts outdated TLS
-- severity: medium
-- layer: network_configuration
-- aliases: [CKV_AWS_228, AVD-AWS-0126, securityhub:Opensearch.8]
-- message: "`{title}` negotiates by the policy {tls_security_policy}"
SELECT resource, title, tls_security_policy, tls_security_policy LIKE 'Policy-Min-TLS-1-2%' AS ok
FROM aws_opensearch_domain
