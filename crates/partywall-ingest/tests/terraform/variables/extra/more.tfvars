from_file = "file"
