-- title: person signs in as IAM user where federation exists
-- severity: medium
-- layer: identity
-- aliases: []
-- message: "`{title}` signs in with a password of its own, though people of this account come through an identity provider"
SELECT u.resource, u.title, NOT u.login_profile_exists AS ok
FROM aws_iam_user AS u
CROSS JOIN (SELECT count(*) AS providers FROM aws_iam_saml_provider) AS saml
CROSS JOIN (SELECT count(*) AS sets FROM aws_ssoadmin_permission_set) AS sso
WHERE saml.providers + sso.sets > 0
