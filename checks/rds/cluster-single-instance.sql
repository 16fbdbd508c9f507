-- title: Aurora cluster has no second member to take over
-- severity: medium
-- layer: platform_recovery
-- aliases: [prowler:rds_cluster_multi_az, securityhub:RDS.15]
-- message: "`{title}` has no second member that could take over"
SELECT c.resource, c.title,
  c.db_cluster_instance_class <> '' OR c.engine_mode = 'serverless' OR (m.members >= 2) IS TRUE
    OR CASE WHEN l.unplaced = 0 THEN FALSE END AS ok
FROM aws_rds_db_cluster c
LEFT JOIN (
  SELECT db_cluster_identifier, count(*) AS members
  FROM aws_rds_db_instance
  GROUP BY db_cluster_identifier
) m ON m.db_cluster_identifier = c.resource
CROSS JOIN (
  SELECT count(*) FILTER (WHERE db_cluster_identifier IS NULL) AS unplaced
  FROM aws_rds_db_instance
) l
