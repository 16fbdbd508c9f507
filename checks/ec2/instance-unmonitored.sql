-- title: EC2 instance is measured every five minutes only
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_126, prowler:ec2_instance_detailed_monitoring_enabled]
-- message: "`{title}` has no detailed monitoring"
SELECT resource, title, monitoring_enabled AS ok
FROM aws_ec2_instance
