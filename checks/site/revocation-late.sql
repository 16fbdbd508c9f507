-- title: Access was removed too late after work ended
-- severity: high
-- layer: physical_access
-- aliases: []
-- message: "`{person}` stopped on {stopped}, and these grants outlived the {hours_max} hours that are allowed: {found}"
SELECT resource, person, "end" AS stopped, hours_max, array_to_string(late, '; ') AS found, is_timely AS ok
FROM site_revocation
