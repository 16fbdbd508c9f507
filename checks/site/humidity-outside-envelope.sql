-- title: Humidity left the allowable envelope
-- severity: medium
-- layer: environment
-- aliases: []
-- message: "sensor `{id}` in room `{room}` read {minimum} to {maximum}; class {climate_class} allows {allowable_min} to {allowable_max}"
SELECT
  resource, id, room, climate_class, minimum, maximum, allowable_min, allowable_max,
  minimum >= allowable_min AND maximum <= allowable_max AS ok
FROM site_reading
WHERE kind IN ('relative_humidity', 'dew_point') AND climate_class <> ''
