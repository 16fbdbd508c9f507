-- title: An instance is out of reach of Systems Manager
-- severity: medium
-- layer: guest_os
-- aliases: [prowler:ec2_instance_managed_by_ssm, securityhub:SSM.1]
-- message: "Systems Manager does not reach `{title}`: {ssm_ping_status}"
SELECT resource, title, ssm_ping_status, ssm_ping_status = 'Online' AS ok
FROM aws_ec2_instance
WHERE instance_state = 'running'
