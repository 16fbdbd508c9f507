-- title: Database is reachable from a public subnet
-- severity: medium
-- layer: network_configuration
-- aliases: []
-- message: "`{resource}` is reached from a subnet with a route to the internet; the table `network_flow` names who does"
SELECT resource,
    NOT (service IN ('dax', 'docdb', 'elasticache', 'elasticsearch', 'neptune', 'opensearch', 'rds', 'redshift', 'redshiftserverless')
        AND array_any_match(callers, c -> c.tier = 'public' AND c.is_reached AND c.is_answered)) AS ok
FROM network_endpoint
WHERE (service IN ('dax', 'docdb', 'elasticache', 'elasticsearch', 'neptune', 'opensearch', 'rds', 'redshift', 'redshiftserverless')) IS NOT FALSE
