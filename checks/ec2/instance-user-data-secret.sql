-- title: EC2 instance's start script holds a credential
-- severity: high
-- layer: data
-- aliases: [CKV_AWS_46, AVD-AWS-0029, prowler:ec2_instance_secrets_user_data]
-- message: "the start script of `{title}` holds what looks like a credential"
SELECT resource, title, NOT user_data_secret AS ok
FROM aws_ec2_instance
