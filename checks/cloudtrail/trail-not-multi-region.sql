-- title: CloudTrail records one region only
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_67, AVD-AWS-0014, prowler:cloudtrail_multi_region_enabled, securityhub:CloudTrail.1]
-- message: "`{title}` does not see what happens in other regions"
SELECT resource, title, is_multi_region_trail AS ok
FROM aws_cloudtrail_trail
