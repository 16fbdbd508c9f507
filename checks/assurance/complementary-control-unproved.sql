-- title: Nothing shows that a control is done which a report expects of its readers
-- severity: medium
-- layer: facility
-- aliases: []
-- message: "`{programme}` takes `{control}` for granted, and no check is named that shows it: {text}"
SELECT resource, programme, control, text, cardinality(checks) > 0 AND document <> '' AS ok
FROM assurance_complement
