-- title: New EBS volumes are not encrypted by default
-- severity: medium
-- layer: data
-- aliases: [CKV_AWS_106, prowler:ec2_ebs_default_encryption, securityhub:EC2.7]
-- message: "the region does not encrypt new volumes by default"
SELECT resource, default_ebs_encryption_enabled AS ok
FROM aws_ec2_regional_settings
