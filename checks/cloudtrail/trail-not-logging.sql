-- title: CloudTrail is switched off
-- severity: high
-- layer: logging
-- aliases: [CKV_AWS_251]
-- message: "`{title}` does not record"
SELECT resource, title, is_logging AS ok
FROM aws_cloudtrail_trail
