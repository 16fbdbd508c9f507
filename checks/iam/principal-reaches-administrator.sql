-- title: User or role comes to everything in its account
-- severity: critical
-- layer: identity
-- aliases: []
-- message: "`{resource}` is no administrator and comes to everything in its account; `partywall access paths --from {resource}` shows each hop"
SELECT resource, NOT reaches_administrator AS ok
FROM access_principal
WHERE is_administrator IS NOT TRUE
