-- title: Resource lets in a service whoever it acts for
-- severity: medium
-- layer: identity
-- aliases: []
-- message: "`{resource}` lets in `{who}` without naming the account or resource that it acts for"
SELECT resource, who, audience <> 'unbound_service' OR NOT is_open AS ok
FROM access_exposure
WHERE table_name <> 'aws_iam_role'
