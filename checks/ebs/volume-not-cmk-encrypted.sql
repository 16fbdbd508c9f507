-- title: EBS volume is not encrypted with a key of your own
-- severity: low
-- layer: data
-- sensitivity: restricted
-- aliases: [CKV_AWS_189, AVD-AWS-0027]
-- message: "`{title}` is not encrypted with a KMS key of your own"
SELECT v.resource, v.title, v.kms_key_id NOT IN ('', 'alias/aws/ebs') AND a.resource IS NULL AS ok
FROM aws_ebs_volume v LEFT JOIN aws_kms_alias a ON a.alias_name LIKE 'alias/aws/%' AND v.kms_key_id LIKE '%:key/' || a.target_key_id
