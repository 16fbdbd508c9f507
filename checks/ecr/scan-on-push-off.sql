-- title: ECR images are not scanned
-- severity: medium
-- layer: application_code
-- aliases: [CKV_AWS_163, AVD-AWS-0030, prowler:ecr_repositories_scan_images_on_push_enabled, securityhub:ECR.1]
-- message: "`{title}` does not scan images when they arrive"
SELECT resource, title, scan_on_push OR registry_scan_type = 'ENHANCED' OR cardinality(registry_scan_frequencies) > 0 AS ok
FROM aws_ecr_repository
