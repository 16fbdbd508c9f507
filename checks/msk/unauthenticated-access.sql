-- title: MSK cluster takes clients without a login
-- severity: high
-- layer: identity
-- aliases: [prowler:kafka_cluster_unrestricted_access_disabled, securityhub:MSK.6]
-- message: "`{title}` takes clients without a login"
SELECT resource, title, NOT client_authentication_unauthenticated AS ok
FROM aws_msk_cluster
