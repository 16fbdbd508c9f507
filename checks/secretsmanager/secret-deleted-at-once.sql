-- title: Deleted secret cannot be brought back
-- severity: low
-- layer: backup
-- message: "`{title}` is gone the moment it is deleted"
SELECT resource, title, recovery_window_in_days > 0 AS ok
FROM aws_secretsmanager_secret
