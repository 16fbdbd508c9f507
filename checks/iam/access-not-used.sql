-- title: A user or role may use services that it has not used for 90 days
-- severity: low
-- layer: identity
-- message: "`{principal_arn}` may use {services} services, and has not used {unused} of them for 90 days"
SELECT resource, title, principal_arn, cardinality(services) AS services,
    cardinality(array_filter(services, s -> s.last_authenticated = ''
        OR TRY_CAST(s.last_authenticated AS TIMESTAMP) < TRY_CAST(job_completion_date AS TIMESTAMP) - INTERVAL '90 days')) AS unused,
    CASE WHEN job_status = 'COMPLETED' THEN NOT array_any_match(services, s -> s.last_authenticated = ''
        OR TRY_CAST(s.last_authenticated AS TIMESTAMP) < TRY_CAST(job_completion_date AS TIMESTAMP) - INTERVAL '90 days') END AS ok
FROM aws_iam_access_advisor
