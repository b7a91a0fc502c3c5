"""All measurements, one after another."""

from __future__ import annotations

import subprocess
import sys

for module in ("benchmarks.render_speed", "benchmarks.check_mutations"):
    print(f"== {module}", flush=True)
    subprocess.run([sys.executable, "-m", module], check=True)
