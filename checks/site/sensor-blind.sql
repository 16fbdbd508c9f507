-- title: Sensor was silent for longer than its interval
-- severity: medium
-- layer: environment
-- aliases: []
-- message: "sensor `{id}` in room `{room}` was silent for {silence_seconds_max} s; it should speak every {interval_seconds} s"
SELECT resource, id, room, silence_seconds_max, interval_seconds, silence_seconds_max <= interval_seconds AS ok
FROM site_reading
