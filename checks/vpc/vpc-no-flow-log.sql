-- title: VPC keeps no flow log
-- severity: medium
-- layer: logging
-- aliases: [CKV2_AWS_11, AVD-AWS-0178, prowler:vpc_flow_logs_enabled, securityhub:EC2.6]
-- message: "`{title}` does not record who talked to whom"
SELECT v.resource, v.title,
    CASE WHEN bool_or(f.resource_id = v.resource) THEN TRUE
        WHEN bool_or(f.resource IS NOT NULL) THEN NULL
        ELSE FALSE END AS ok
FROM aws_vpc v LEFT JOIN aws_vpc_flow_log f ON f.resource_id = v.resource OR f.resource_id IS NULL
GROUP BY v.resource, v.title
