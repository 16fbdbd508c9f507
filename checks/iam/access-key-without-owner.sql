-- title: access key of a user without an owner
-- severity: medium
-- layer: identity
-- aliases: []
-- message: "`{title}` has an access key, and no tag says who answers for it"
SELECT resource, title, NOT has_access_key OR array_has(map_keys(tags), 'owner') OR array_has(map_keys(tags), 'Owner') AS ok
FROM aws_iam_user
WHERE has_access_key IS NOT FALSE
