-- title: A certificate in IAM has expired
-- severity: medium
-- layer: network_configuration
-- aliases: [prowler:iam_no_expired_server_certificates_stored, securityhub:IAM.26]
-- message: "`{title}` expired {expiration}"
SELECT resource, title, expiration, TRY_CAST(expiration AS TIMESTAMP) > TRY_CAST(read_at AS TIMESTAMP) AS ok
FROM aws_iam_server_certificate
WHERE (read_at = '') IS NOT TRUE
