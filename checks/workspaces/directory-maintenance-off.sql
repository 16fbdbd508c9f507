-- title: WorkSpaces of a directory are not maintained
-- severity: medium
-- layer: guest_os
-- message: "`{title}` keeps desktops out of the maintenance window"
SELECT resource, title, enable_maintenance_mode AS ok
FROM aws_workspaces_directory
