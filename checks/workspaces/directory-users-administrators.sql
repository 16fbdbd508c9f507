-- title: WorkSpaces users are administrators of their desktops
-- severity: medium
-- layer: guest_os
-- message: "`{title}` makes users administrators of their desktops"
SELECT resource, title, NOT user_enabled_as_local_administrator AS ok
FROM aws_workspaces_directory
