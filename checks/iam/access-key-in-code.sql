-- title: IAM access key is made in code
-- severity: medium
-- layer: identity
-- message: "the access key of `{user_name}` leaves its secret in the state of the deployment"
SELECT resource, user_name, status = 'Inactive' OR pgp_key_set AS ok
FROM aws_iam_access_key
WHERE in_code
