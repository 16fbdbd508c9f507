-- title: CloudTrail's files can be changed unnoticed
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_36, AVD-AWS-0016, prowler:cloudtrail_log_file_validation_enabled, securityhub:CloudTrail.4]
-- message: "`{title}` writes no digests of its files"
SELECT resource, title, log_file_validation_enabled AS ok
FROM aws_cloudtrail_trail
