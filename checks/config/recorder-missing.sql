-- title: AWS Config has no recorder in a region
-- severity: medium
-- layer: logging
-- message: "no recorder of AWS Config in `{name}`"
SELECT resource, title, name, cardinality(config_recorders) > 0 AS ok
FROM aws_region
WHERE config_offered IS NOT FALSE
