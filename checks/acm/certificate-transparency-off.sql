-- title: Certificate is kept out of the public logs
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_234, prowler:acm_certificates_transparency_logs_enabled]
-- message: "the certificate of `{title}` is not written to the transparency logs"
SELECT resource, title, certificate_transparency_logging_preference = 'ENABLED' AS ok
FROM aws_acm_certificate
