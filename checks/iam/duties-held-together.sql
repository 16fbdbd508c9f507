-- title: User or role holds duties together that belong apart
-- severity: high
-- layer: identity
-- aliases: []
-- message: "`{resource}` holds duties together that belong apart: {conflicts}; `partywall access duties` shows how each is held"
SELECT resource, array_to_string(conflicts, ', ') AS conflicts, NOT holds_conflicting_duties AS ok
FROM access_principal
WHERE is_administrator IS NOT TRUE
