-- title: An output of a stack looks like a credential
-- severity: high
-- layer: data
-- aliases: [prowler:cloudformation_stack_outputs_find_secrets]
-- message: "an output of `{title}` looks like a credential"
SELECT resource, title, NOT outputs_secret AS ok
FROM aws_cloudformation_stack
WHERE (status = '') IS NOT TRUE
