-- title: EBS volume is not encrypted with a key of your own
-- severity: low
-- layer: data
-- sensitivity: restricted
-- aliases: [CKV_AWS_189, AVD-AWS-0027]
-- message: "`{title}` names no KMS key"
SELECT resource, title, kms_key_id NOT IN ('', 'alias/aws/ebs') AS ok
FROM aws_ebs_volume
