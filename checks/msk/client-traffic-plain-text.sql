-- title: MSK cluster lets clients talk in clear
-- severity: high
-- layer: network_configuration
-- aliases: [AVD-AWS-0073, CKV_AWS_81, prowler:kafka_cluster_in_transit_encryption_enabled, securityhub:MSK.1]
-- message: "`{title}` lets clients talk in clear"
SELECT resource, title, encryption_in_transit_client_broker = 'TLS' AND encryption_in_transit_in_cluster AS ok
FROM aws_msk_cluster
