-- title: The organization bounds its accounts by no policy
-- severity: medium
-- layer: identity
-- message: "no service control policy of the organization is attached to anything"
SELECT r.resource, r.title,
    CASE WHEN bool_or(p.type = 'SERVICE_CONTROL_POLICY' AND NOT p.aws_managed AND cardinality(p.target_ids) > 0) THEN TRUE
        WHEN bool_or(p.resource IS NOT NULL AND (p.type = 'SERVICE_CONTROL_POLICY' AND NOT p.aws_managed AND cardinality(p.target_ids) > 0) IS NULL) THEN NULL
        ELSE FALSE END AS ok
FROM aws_organizations_root r LEFT JOIN aws_organizations_policy p ON p.account_id = r.account_id
GROUP BY r.resource, r.title
