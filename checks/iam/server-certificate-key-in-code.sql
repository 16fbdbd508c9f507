-- title: Private key of a server certificate is written in code
-- severity: high
-- layer: data
-- message: "the private key of `{title}` is written in the source"
SELECT resource, title, NOT private_key_literal AS ok
FROM aws_iam_server_certificate
