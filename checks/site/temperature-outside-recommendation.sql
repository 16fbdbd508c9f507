-- title: Temperature left the recommended envelope
-- severity: low
-- layer: environment
-- aliases: []
-- message: "sensor `{id}` in room `{room}` read {minimum} to {maximum} °C; {recommended_min} to {recommended_max} is recommended"
SELECT
  resource, id, room, minimum, maximum, recommended_min, recommended_max,
  minimum >= recommended_min AND maximum <= recommended_max AS ok
FROM site_reading
WHERE kind = 'temperature' AND climate_class <> ''
