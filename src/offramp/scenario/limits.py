"""How large a scenario may be. Beyond these a file is refused before it costs time or memory."""

MAX_FILE_BYTES = 256 * 1024  # one YAML file
MAX_TOTAL_BYTES = 2 * MAX_FILE_BYTES  # scenario.yaml and all that it includes: what a second or two can read
MAX_NODES = 20_000  # keys, values, lists and mappings, all files together
MAX_DEPTH = 20  # mappings within mappings
MAX_TABLE_BYTES = 16 * 1024 * 1024  # one CSV file
MAX_TABLE_ROWS = 200_000
MAX_TABLE_COLUMNS = 100
MAX_STEPS = 40_000  # steps of a clock
MAX_EDITS = 500  # given together, those of policies included
MAX_POLICY_DEPTH = 8  # policies that take in policies
MAX_DELAY_DAYS = 3_660.0  # ten years: a pending effect is kept until it is due
