-- title: No report covers the provider's part
-- severity: high
-- layer: facility
-- aliases: []
-- message: "`{programme}` is asked for, and there is no report of it: nothing shows that the provider does its part; `partywall assurance` shows what there is"
SELECT DISTINCT resource, programme, NOT (is_required AND state = 'missing') AS ok, is_inherited
FROM assurance_duty
