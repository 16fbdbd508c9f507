-- title: Badge was passed back through a door
-- severity: medium
-- layer: physical_access
-- aliases: []
-- message: "door `{door}` let in badges that were inside already: {found}"
SELECT resource, door, array_to_string(pass_backs, '; ') AS found, no_pass_back AS ok
FROM site_door_access
