-- title: Resource lets in an account outside of the organization
-- severity: medium
-- layer: identity
-- aliases: []
-- message: "`{resource}` lets in `{who}`, which the organization does not hold"
SELECT resource, who, is_in_organization OR NOT is_open AS ok
FROM access_exposure
WHERE audience = 'account'
