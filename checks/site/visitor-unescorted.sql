-- title: Visitor was without an escort
-- severity: high
-- layer: physical_access
-- aliases: []
-- message: "visit `{visit}` with escort `{escort}`: {found}"
SELECT resource, visit, escort, array_to_string(alone, '; ') AS found, is_escorted AS ok
FROM site_visit
