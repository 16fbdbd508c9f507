-- title: Elastic Beanstalk environment does not update its platform
-- severity: medium
-- layer: guest_os
-- aliases: [CKV_AWS_340, prowler:elasticbeanstalk_environment_managed_updates_enabled, securityhub:ElasticBeanstalk.2]
-- message: "`{title}` does not update its platform by itself"
SELECT resource, title, managed_actions_enabled AS ok
FROM aws_elastic_beanstalk_environment
