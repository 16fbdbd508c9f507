-- title: KMS accepts a key policy that locks everybody out
-- severity: low
-- layer: identity
-- message: "`{title}` is made without the check that somebody can still change its policy"
SELECT resource, title, NOT bypass_policy_lockout_safety_check AS ok
FROM aws_kms_key
WHERE key_state = ''
