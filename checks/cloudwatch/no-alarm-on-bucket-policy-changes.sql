-- title: No alarm tells of changes of bucket policies
-- severity: low
-- layer: logging
-- aliases: [prowler:cloudwatch_log_metric_filter_for_s3_bucket_policy_changes, securityhub:CloudWatch.8]
-- message: "no metric filter with an alarm watches the log of `{title}` for changes of bucket policies"
SELECT t.resource, t.title,
    CASE WHEN bool_or(strpos(t.log_group_arn, f.log_group_name) > 0 AND f.filter_pattern LIKE '%PutBucketPolicy%' AND a.metric_name = f.metric_transformation_name) THEN TRUE
        WHEN bool_or(f.resource IS NOT NULL AND a.resource IS NOT NULL AND (strpos(t.log_group_arn, f.log_group_name) > 0 AND f.filter_pattern LIKE '%PutBucketPolicy%' AND a.metric_name = f.metric_transformation_name) IS NULL) THEN NULL
        ELSE FALSE END AS ok
FROM aws_cloudtrail_trail t
LEFT JOIN aws_cloudwatch_log_metric_filter f ON (f.filter_pattern LIKE '%PutBucketPolicy%') IS NOT FALSE
LEFT JOIN aws_cloudwatch_alarm a ON (a.metric_name = f.metric_transformation_name) IS NOT FALSE
WHERE (t.log_group_arn = '') IS NOT TRUE
GROUP BY t.resource, t.title
