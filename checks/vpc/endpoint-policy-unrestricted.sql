-- title: VPC endpoint lets everything through
-- severity: low
-- layer: identity
-- message: "`{title}` allows every action on every resource"
SELECT resource, title, policy <> '' AND NOT policy_allows_full_administration(policy) AS ok
FROM aws_vpc_endpoint
WHERE (vpc_endpoint_type IN ('Gateway', 'Interface')) IS NOT FALSE
