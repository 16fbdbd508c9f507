from_auto = "auto"
from_file = "auto"
