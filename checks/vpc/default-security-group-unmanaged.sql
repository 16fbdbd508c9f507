-- title: VPC leaves its default security group as AWS makes it
-- severity: low
-- layer: network_configuration
-- message: "the default group of `{title}` lets its members reach each other and everything outside"
SELECT v.resource, v.title,
    CASE WHEN bool_or(g.vpc_id = v.resource) THEN TRUE
        WHEN bool_or(g.resource IS NOT NULL) THEN NULL
        ELSE FALSE END AS ok
FROM aws_vpc v LEFT JOIN (
    SELECT resource, vpc_id FROM aws_vpc_security_group WHERE is_default
) g ON (g.vpc_id = v.resource) IS NOT FALSE
GROUP BY v.resource, v.title
