-- title: Somebody entered without a current business need
-- severity: high
-- layer: physical_access
-- aliases: []
-- message: "door `{door}` let in {found}; an entry needs a grant with a business need, for somebody who works there"
SELECT resource, door, array_to_string(without_need, '; ') AS found, has_need AS ok
FROM site_door_access
