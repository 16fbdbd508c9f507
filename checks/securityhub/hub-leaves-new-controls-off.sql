-- title: Security Hub leaves new controls off
-- severity: low
-- layer: logging
-- message: "`{title}` does not turn on controls that AWS adds to its standards"
SELECT resource, title, auto_enable_controls AS ok
FROM aws_securityhub_hub
