-- title: Elastic Beanstalk environment keeps its logs to itself
-- severity: medium
-- layer: logging
-- aliases: [prowler:elasticbeanstalk_environment_cloudwatch_logging_enabled, securityhub:ElasticBeanstalk.3]
-- message: "`{title}` does not send its logs to CloudWatch"
SELECT resource, title, stream_logs AS ok
FROM aws_elastic_beanstalk_environment
