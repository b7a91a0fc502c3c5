"""All measurements, one after another."""

from __future__ import annotations

import subprocess
import sys

MODULES = ("render_speed", "panel", "check_mutations", "extraction")
for module in (f"benchmarks.{name}" for name in MODULES):
    print(f"== {module}", flush=True)
    subprocess.run([sys.executable, "-m", module], check=True)
