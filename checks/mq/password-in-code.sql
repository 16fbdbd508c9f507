-- title: MQ broker has a password written in code
-- severity: high
-- layer: identity
-- message: "`{title}` has a user's password written in code"
SELECT resource, title, NOT user_password_literal AS ok
FROM aws_mq_broker
WHERE broker_state = ''
