-- title: Private key of a certificate is written in code
-- severity: high
-- layer: data
-- message: "the private key of `{title}` is written in the source"
SELECT resource, title, NOT imported_private_key_literal AS ok
FROM aws_acm_certificate
