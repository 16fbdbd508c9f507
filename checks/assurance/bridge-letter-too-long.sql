-- title: Bridge letter vouches for longer than is usual
-- severity: medium
-- layer: facility
-- aliases: []
-- message: "the bridge letter of `{report}` vouches for {bridge_days} days, of which {bridge_days_max} are usual"
SELECT resource, report, bridge_days, bridge_days_max, bridge_days <= bridge_days_max AND document <> '' AS ok
FROM assurance_report
WHERE bridge_days > 0
