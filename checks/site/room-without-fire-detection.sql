-- title: Room with machines or plant has no smoke detection
-- severity: critical
-- layer: environment
-- aliases: []
-- message: "no smoke detector of a fire zone sits in room `{room}`"
SELECT resource, room, has_detection AS ok
FROM site_room_protection
