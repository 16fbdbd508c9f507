-- title: Classic load balancer keeps no access log
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_92, prowler:elb_logging_enabled]
-- message: "`{title}` keeps no access log"
SELECT resource, title, access_log_bucket <> '' AND NOT access_log_disabled AS ok
FROM aws_ec2_classic_load_balancer
