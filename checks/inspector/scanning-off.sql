-- title: Inspector does not look for weaknesses in a region
-- severity: low
-- layer: guest_os
-- aliases: [prowler:inspector2_is_enabled]
-- message: "Inspector in `{name}`: instances {inspector_ec2_status}, images {inspector_ecr_status}, functions {inspector_lambda_status}"
SELECT resource, title, name, inspector_ec2_status, inspector_ecr_status, inspector_lambda_status,
    inspector_ec2_status = 'ENABLED' AND inspector_ecr_status = 'ENABLED' AND inspector_lambda_status = 'ENABLED' AS ok
FROM aws_region
WHERE inspector_offered IS NOT FALSE
