-- title: FSx file system does not hand its tags to its backups
-- severity: low
-- layer: data
-- aliases: [securityhub:FSx.1]
-- message: "`{title}` does not copy its tags to its backups"
SELECT resource, title, copy_tags_to_backups AS ok
FROM aws_fsx_file_system
