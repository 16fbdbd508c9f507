-- title: Certificate has a weak key
-- severity: medium
-- layer: network_configuration
-- aliases: [prowler:acm_certificates_with_secure_key_algorithms, securityhub:ACM.2]
-- message: "the certificate of `{title}` has a key of kind {key_algorithm}"
SELECT resource, title, key_algorithm, key_algorithm <> 'RSA_1024' AS ok
FROM aws_acm_certificate
