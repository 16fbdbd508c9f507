-- title: WorkSpaces can be opened in any browser
-- severity: low
-- layer: network_configuration
-- message: "`{title}` lets people open desktops in any browser"
SELECT resource, title, device_type_web <> 'ALLOW' AS ok
FROM aws_workspaces_directory
