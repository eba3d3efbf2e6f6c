#!/usr/bin/env python3
"""NetDsl beside PyTorch where a program starts: seconds from the process's start to the end of its first training step, and the peak of its resident
memory (MiB) after 20 more. A new process for each round, in turn; the fastest round and the smallest peak count.

    python3 tests/NetDsl.Benchmarks/startup.py [--only lenet64,mlp] [--threads 1] [--rounds 5]

Needs what compare.py needs. The import of torch counts, as the start of .NET and its compiler do."""
import argparse, os, subprocess, time
here = os.path.dirname(os.path.abspath(__file__))
ap = argparse.ArgumentParser()
ap.add_argument("--only", default="lenet64"); ap.add_argument("--threads", default="1"); ap.add_argument("--rounds", type=int, default=5)
a = ap.parse_args()
subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", "--nologo", here], check=True, stdout=subprocess.DEVNULL)
env = dict(os.environ, OMP_NUM_THREADS=a.threads, OPENBLAS_NUM_THREADS=a.threads)
sides = {"netdsl": ["dotnet", os.path.join(here, "bin", "Release", "net10.0", "NetDsl.Benchmarks.dll"), "--threads", a.threads, "--start"],
         "torch": ["/usr/bin/python3", os.path.join(here, "peers", "torch_start.py"), a.threads]}
def start(command):
    begin = time.perf_counter(); p = subprocess.Popen(command, env=env, stdout=subprocess.PIPE)
    line = p.stdout.readline(); seconds = time.perf_counter() - begin
    status, usage = os.wait4(p.pid, 0)[1:]; p.returncode = status
    if status or line.strip() != b"first step": raise SystemExit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024
for w in a.only.split(","):
    rounds = [{side: start(command + [w]) for side, command in sides.items()} for _ in range(a.rounds)]
    best = {side: tuple(min(r[side][i] for r in rounds) for i in (0, 1)) for side in sides}
    for i, what, unit in ((0, "first step after", "s"), (1, "peak memory", "MiB")):
        mine, peer = best["netdsl"][i], best["torch"][i]
        print(f"{w:9} {a.threads}T  {what:17} {peer / mine:6.2f}x  torch {peer:.3g} {unit}, NetDsl {mine:.3g} {unit}", flush=True)
