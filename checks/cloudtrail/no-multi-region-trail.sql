-- title: No trail of CloudTrail records every region of the account
-- severity: high
-- layer: logging
-- message: "no trail that records every region is on"
SELECT resource, title, array_any_match(visible_trails, t -> t.is_multi_region_trail
    AND array_any_match(trail_states, s -> s.trail_arn = t.trail_arn AND s.is_logging)) AS ok
FROM aws_account
