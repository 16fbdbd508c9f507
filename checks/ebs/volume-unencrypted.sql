-- title: EBS volume is not encrypted
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_3, AVD-AWS-0026, prowler:ec2_ebs_volume_encryption, securityhub:EC2.3]
-- message: "`{title}` is not encrypted"
SELECT resource, title, encrypted AS ok
FROM aws_ebs_volume
