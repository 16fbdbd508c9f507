-- title: Elastic Beanstalk environment reports basic health only
-- severity: low
-- layer: logging
-- aliases: [CKV_AWS_312, prowler:elasticbeanstalk_environment_enhanced_health_reporting, securityhub:ElasticBeanstalk.1]
-- message: "`{title}` reports basic health only"
SELECT resource, title, health_reporting_system = 'enhanced' AS ok
FROM aws_elastic_beanstalk_environment
