-- title: EBS volume is attached to nothing
-- severity: low
-- layer: data
-- message: "`{title}` is attached to no instance, and keeps what was written to it"
SELECT resource, title, cardinality(attached_instances) > 0 AS ok
FROM aws_ebs_volume
WHERE volume_id IS NOT NULL
