-- title: VPC leaves its default security group as AWS makes it
-- severity: low
-- layer: network_configuration
-- message: "the default group of `{title}` lets its members reach each other and everything outside"
SELECT v.resource, v.title,
    CASE WHEN bool_or(g.vpc_id = v.resource) THEN TRUE
        WHEN bool_or(g.resource IS NOT NULL) THEN NULL
        ELSE FALSE END AS ok
FROM aws_vpc v LEFT JOIN (
    SELECT d.resource, d.vpc_id
    FROM aws_vpc_security_group d LEFT JOIN aws_vpc_security_group_rule r
        ON r.group_id = d.resource AND r.referenced_group_id = d.resource AND r.ip_protocol = '-1' AND NOT r.is_egress
    WHERE d.is_default
    GROUP BY d.resource, d.vpc_id
    HAVING d.resource NOT LIKE 'arn:%' OR NOT bool_or(r.resource IS NOT NULL)
) g ON (g.vpc_id = v.resource) IS NOT FALSE
GROUP BY v.resource, v.title
