-- title: MSK cluster has public addresses
-- severity: high
-- layer: network_configuration
-- aliases: [CKV_AWS_291, prowler:kafka_cluster_is_public, securityhub:MSK.4]
-- message: "`{title}` has public addresses for its brokers"
SELECT resource, title, public_access_type = 'DISABLED' AS ok
FROM aws_msk_cluster
