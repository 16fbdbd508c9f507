-- title: Room with machines or plant has no fire suppression
-- severity: high
-- layer: environment
-- aliases: []
-- message: "nothing puts out a fire in room `{room}`"
SELECT resource, room, has_suppression AS ok
FROM site_room_protection
