-- title: Evidence that is expected is missing
-- severity: high
-- layer: physical_access
-- aliases: []
-- message: "there is no evidence of {about} (`{id}`)"
SELECT resource, id, about, CASE WHEN is_present THEN CASE WHEN is_complete THEN TRUE END ELSE FALSE END AS ok
FROM site_evidence
