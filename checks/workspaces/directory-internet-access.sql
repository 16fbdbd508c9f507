-- title: WorkSpaces of a directory get public addresses
-- severity: medium
-- layer: network_configuration
-- message: "`{title}` gives desktops public addresses"
SELECT resource, title, NOT enable_internet_access AS ok
FROM aws_workspaces_directory
