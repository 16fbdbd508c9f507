-- title: SSM document is shared with everybody
-- severity: high
-- layer: identity
-- aliases: [CKV_AWS_303, prowler:ssm_documents_set_as_public, securityhub:SSM.4]
-- message: "`{title}` is shared with every AWS account"
SELECT resource, title, NOT array_any_match(shared_account_ids, account -> lower(account) = 'all') AS ok
FROM aws_ssm_document
