-- title: user or role holds duties together that belong apart
-- severity: high
-- layer: identity
-- aliases: []
-- message: "`{resource}` {title}; `partywall access duties` shows each duty and how it is held"
SELECT principal.resource, conflict.title,
    CASE WHEN conflict.held = 1 THEN FALSE WHEN conflict.resource IS NULL THEN TRUE END AS ok
FROM access_principal AS principal
LEFT JOIN (
    SELECT resource, min(title) AS title, max(CASE WHEN is_held THEN 1 ELSE 0 END) AS held
    FROM access_duty_conflict
    GROUP BY resource
) AS conflict ON conflict.resource = principal.resource
WHERE principal.is_administrator IS NOT TRUE
