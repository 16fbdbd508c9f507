-- title: Door to machines or plant has no camera
-- severity: medium
-- layer: physical_access
-- aliases: []
-- message: "no camera sees door `{door}`"
SELECT resource, door, CASE WHEN is_guarded THEN has_camera END AS ok
FROM site_door_access
WHERE is_guarded IS NOT FALSE
