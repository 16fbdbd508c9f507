-- title: Door to machines or plant asks for one factor only
-- severity: high
-- layer: physical_access
-- aliases: []
-- message: "door `{door}` opens with a single factor"
SELECT resource, door, CASE WHEN is_guarded THEN has_second_factor END AS ok
FROM site_door_access
WHERE is_guarded IS NOT FALSE
