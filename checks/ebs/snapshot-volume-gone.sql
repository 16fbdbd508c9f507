-- title: EBS snapshot outlived its volume
-- severity: low
-- layer: data
-- message: "`{title}` keeps the data of `{volume_id}`, which is gone"
SELECT s.resource, s.title, s.volume_id, v.resource IS NOT NULL AS ok
FROM aws_ebs_snapshot s LEFT JOIN aws_ebs_volume v ON v.resource = s.volume_id
WHERE s.snapshot_id IS NOT NULL AND (s.volume_id IN ('', 'vol-ffffffff')) IS NOT TRUE
