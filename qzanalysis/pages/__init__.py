"""What a notebook shows: blocks, charts, tables and the register of problems."""
