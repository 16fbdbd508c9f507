-- title: CloudTrail leaves out services without a region
-- severity: medium
-- layer: logging
-- message: "`{title}` does not record calls to IAM, STS and CloudFront"
SELECT resource, title, include_global_service_events AS ok
FROM aws_cloudtrail_trail
