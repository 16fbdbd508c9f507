-- title: Report does not cover a service or region in use
-- severity: high
-- layer: facility
-- aliases: []
-- message: "`{service}` is used in `{region}`, and the report of `{programme}` in `{report}` {why}"
SELECT DISTINCT resource, programme, service, region, report, why,
       NOT (is_required AND state = 'out_of_scope') AS ok, is_inherited
FROM assurance_duty
