-- title: New instances answer metadata requests without a token
-- severity: medium
-- layer: guest_os
-- message: "the region's default for http_tokens is `{http_tokens}`"
SELECT resource, http_tokens, http_tokens = 'required' AS ok
FROM aws_ec2_instance_metadata_defaults
