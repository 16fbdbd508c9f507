-- title: Temperature left the allowable envelope
-- severity: high
-- layer: environment
-- aliases: []
-- message: "sensor `{id}` in room `{room}` read {minimum} to {maximum} °C; class {climate_class} allows {allowable_min} to {allowable_max}"
SELECT
  resource, id, room, climate_class, minimum, maximum, allowable_min, allowable_max,
  minimum >= allowable_min AND maximum <= allowable_max AS ok
FROM site_reading
WHERE kind = 'temperature' AND climate_class <> ''
