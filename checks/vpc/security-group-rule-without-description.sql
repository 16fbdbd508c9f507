-- title: Security group's rule does not say what it is for
-- severity: low
-- layer: network_configuration
-- aliases: [CKV_AWS_23, AVD-AWS-0124]
-- message: "a rule of `{group_id}` has no description"
SELECT resource, group_id, description <> '' AS ok
FROM aws_vpc_security_group_rule
