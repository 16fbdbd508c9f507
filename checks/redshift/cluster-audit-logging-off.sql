-- title: Redshift cluster writes no audit log
-- severity: medium
-- layer: logging
-- aliases: [CKV_AWS_71, prowler:redshift_cluster_audit_logging, securityhub:Redshift.4]
-- message: "`{title}` writes no audit log"
SELECT resource, title, logging_bucket <> '' OR logging_destination_type <> '' AS ok
FROM aws_redshift_cluster
