-- title: CloudTrail does not record reads of objects in S3
-- severity: low
-- layer: logging
-- aliases: [prowler:cloudtrail_s3_dataevents_read_enabled, securityhub:S3.23]
-- message: "`{title}` does not tell who read which object"
SELECT resource, title,
    array_any_match(event_selectors, s -> s.read_write_type IN ('All', 'ReadOnly') AND array_any_match(s.data_resource_types, t -> t = 'AWS::S3::Object'))
    OR array_any_match(advanced_event_selectors, s ->
        array_any_match(s.field_selectors, f -> f.field = 'resources.type' AND array_any_match(f.equals, v -> v = 'AWS::S3::Object'))
        AND NOT array_any_match(s.field_selectors, f -> f.field = 'readOnly' AND array_any_match(f.equals, v -> v = 'false'))) AS ok
FROM aws_cloudtrail_trail
