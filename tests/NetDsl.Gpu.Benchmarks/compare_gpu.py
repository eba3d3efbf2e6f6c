#!/usr/bin/env python3
"""Every figure of docs/performance.md's GPU section, measured in one go on this machine's device, in Markdown ready to be put there.

    python3 tests/NetDsl.Gpu.Benchmarks/compare_gpu.py [--python PYTHON_WITH_TORCH] [--rounds 3] [--secs 0.8] [--json FILE]
            [--parts train,gemm,copy,launch,crossover] [--only mlp,ciresan,lenet64,vggish,resnet20] [--modes train,infer,infer1] [--products tiles|cublas|fastest]

Training beside PyTorch eager on the same device, both sides in turn; matrix products and copies as fractions of the device's peaks measured beside them;
launches of a step and their time; the batch from which the device overtakes the CPU.
Needs the .NET 10 SDK, a package source that has ILGPU 1.5.3, and a Python with a torch that sees the device (peers/torch_gpu_bench.py).
--device opencl --peer-device cpu --secs 0.01 --largest 64 is a dry run where there is no such device: it proves that everything runs, and its numbers mean nothing.
Ratios are PyTorch's time over NetDsl's, above 1 where NetDsl is faster: medians of the rounds' medians, with the worst and the best round."""
import argparse, json, os, statistics, subprocess, sys

here = os.path.dirname(os.path.abspath(__file__))
ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--parts", default="train,gemm,copy,launch,crossover"); ap.add_argument("--only", default="mlp,ciresan,lenet64,vggish,resnet20")
ap.add_argument("--modes", default="train"); ap.add_argument("--rounds", type=int, default=3); ap.add_argument("--secs", default="0.8")
ap.add_argument("--device", default="cuda"); ap.add_argument("--peer-device", default="cuda"); ap.add_argument("--python", default=sys.executable)
ap.add_argument("--products", default="tiles"); ap.add_argument("--crossover", default="mlp,lenet64"); ap.add_argument("--largest", default="4096"); ap.add_argument("--json"); ap.add_argument("--no-build", action="store_true")
a = ap.parse_args()
parts, log = a.parts.split(","), []


def lines(cmd):
    p = subprocess.run(cmd, capture_output=True, text=True)
    if p.returncode: sys.exit(f"failed: {' '.join(cmd)}\n{p.stdout[-300:]}{p.stderr[-1500:]}")
    rows = [json.loads(l) for l in p.stdout.splitlines() if l.startswith("{")]
    log.extend(rows)
    return rows


def net(*args): return lines(["dotnet", "run", "-c", "Release", "--no-build", "--project", here, "--", *args, "--device", a.device, "--secs", a.secs, "--largest", a.largest])
def torch(*args): return lines([a.python, os.path.join(here, "peers", "torch_gpu_bench.py"), *args, "--device", a.peer_device, "--secs", a.secs])
def table(*rows): print("\n".join("| " + " | ".join(map(str, row)) + " |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:])) + "\n", flush=True)
def ms(s): return f"{1e3 * s:.4g} ms"


if not a.no_build: lines(["dotnet", "build", "-c", "Release", "-v", "q", "--nologo", here])
peer, launch = torch("--device-only")[0], {row["launch"]: row for row in net("--launch")}
print(f"NetDsl on `{launch['queued']['device']}`, PyTorch {peer['torch']} (CUDA {peer['cuda']}) on `{peer['device']}`; {a.rounds} rounds, float32, TF32 off. "
      f"Products: {a.products}. `compare_gpu.py {' '.join(sys.argv[1:])}`\n".replace(" `compare_gpu.py `", " `compare_gpu.py`"))

if "train" in parts:
    # The ends of the spread are rounds, in each of which both sides were measured.
    for mode in a.modes.split(","):
        rows = [["workload", "batch", "parameters", "NetDsl", "PyTorch eager", "ratio", "spread", "goal", "PyTorch, TF32", "launches", "their time"]]
        for w in a.only.split(","):
            mine, theirs, tf32 = [], [], []
            for _ in range(a.rounds):
                mine += net("--workload", w, "--mode", mode, "--products", a.products)
                for row in torch("--only", w, "--modes", mode): (tf32 if row["precision"] == "tf32" else theirs).append(row)
            ratios, n, t = sorted(p["median_s"] / m["median_s"] for p, m in zip(theirs, mine)), statistics.median(m["median_s"] for m in mine), theirs[0]
            rows.append([f"`{w}`", t["batch"], f"{t['parameters']:,}", ms(n), f"{ms(statistics.median(p['median_s'] for p in theirs))} ({t['variant']})", f"{statistics.median(ratios):.2f}x",
                         f"{ratios[0]:.2f} to {ratios[-1]:.2f}", ("1.0x" if t["parameters"] < 1e6 else "0.7x") if mode == "train" else "", ms(statistics.median(p["median_s"] for p in tf32)) if tf32 else "",
                         mine[0]["launches"], f"{ms(mine[0]['launches'] * launch['queued']['median_s'])}, {100 * mine[0]['launches'] * launch['queued']['median_s'] / n:.0f} %"])
        print(f"Mode `{mode}`: {'a step, the batch taken from the host, the loss left on the device' if mode == 'train' else 'the batch taken from the host, the answer brought back'}.\n")
        table(*rows)

if "gemm" in parts:
    ours = net("--gemm", "--products", a.products)
    peers = {(r["gemm"], r["m"], r["n"], r["k"]): r["gflops"] for r in torch("--gemm", "--largest", a.largest)}
    peak = next(r["gflops"] for r in ours if "limit" in r)
    print(f"Matrix products; multiply-adds in registers reach {peak:,.0f} GFLOP/s, measured beside them.\n")
    table(["product", "m × n × k", "NetDsl, GFLOP/s", "of the peak", "PyTorch, GFLOP/s", "of the peak"],
          *([r["gemm"], f"{r['m']} × {r['n']} × {r['k']}", f"{r['gflops']:,.0f}", f"{r['percent_of_peak']:.0f} %", f"{p:,.0f}", f"{100 * p / peak:.0f} %"]
            for r in ours if "gemm" in r for p in [peers[r["gemm"], r["m"], r["n"], r["k"]]]))

if "copy" in parts:
    rows = net("--copy")
    print(f"Copies of {rows[0]['bytes'] / 1e6:.0f} MB; the driver's own within the device is the limit.\n")
    table(["copy", "GB/s", "of the driver's"], *([r["copy"], f"{r['gigabytes_per_s']:,.1f}", f"{r['percent_of_driver']:.0f} %" if "percent_of_driver" in r else ""] for r in rows))

if "launch" in parts:
    print(f"A launch takes {1e6 * launch['queued']['median_s']:.1f} µs where many are queued, {1e6 * launch['waited for']['median_s']:.1f} µs with a wait.\n")

if "crossover" in parts:
    for w in a.crossover.split(","):
        rows = net("--crossover", "--workload", w)
        first = rows[-1]["faster_from_batch"]
        print(f"A training step of `{w}` on the device and on this machine's CPU ({rows[0]['threads']} threads): " + (f"the device is faster from a batch of {first} on.\n" if first else "the device is not faster for the largest batch.\n"))
        table(["batch", "device", "CPU", "CPU / device"], *([r["batch"], ms(r["device_s"]), ms(r["cpu_s"]), f"{r['ratio']:.2f}x"] for r in rows[:-1]))

if a.json:
    with open(a.json, "w") as f: json.dump(log, f, indent=1)
