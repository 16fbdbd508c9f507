-- title: Badge log has gaps, repetitions or a clock that jumps
-- severity: high
-- layer: physical_access
-- aliases: []
-- message: "the log misses {missed}; it repeats {again}; its clock steps {jumped}; it is silent {quiet}"
SELECT
  resource,
  array_to_string(missing, ', ') AS missed,
  array_to_string(repeated, ', ') AS again,
  array_to_string(jumps, ', ') AS jumped,
  array_to_string(silences, ', ') AS quiet,
  is_sound AS ok
FROM site_log
