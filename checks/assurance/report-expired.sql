-- title: Report on the provider no longer holds
-- severity: high
-- layer: facility
-- aliases: []
-- message: "the report `{report}` of `{programme}` does not hold on this day: its last day is {until}, and no bridge letter or later report takes over"
SELECT resource, programme, report, holds_until AS until, is_valid AS ok
FROM assurance_report
WHERE successor = ''
