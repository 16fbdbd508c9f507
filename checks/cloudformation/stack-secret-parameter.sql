-- title: Stack is given a credential in plain text
-- severity: high
-- layer: data
-- message: "a parameter of `{title}` holds what looks like a credential"
SELECT resource, title, NOT parameters_secret AS ok
FROM aws_cloudformation_stack
