#!/usr/bin/env python3
"""PyTorch eager on a device: the workloads of tests/NetDsl.Benchmarks/peers/torch_bench.py (the same models, batches, losses and
optimisers, read from there), timed as tests/NetDsl.Gpu.Benchmarks times NetDsl. One JSON line per (workload, mode, precision).

  python3 torch_gpu_bench.py [--only mlp,ciresan] [--modes train,infer,infer1] [--device cuda|cpu] [--secs 0.8] [--all-variants] [--no-tf32] [--resident]
  python3 torch_gpu_bench.py --gemm [--largest 4096] | --device-only

train = zero_grad(set_to_none) + forward + loss + backward + optimizer step, the loss left on the device; infer = forward under
inference_mode, the answer copied to the host; infer1 = the same with one sample. A step begins with the batch on the host, as
NetDsl's does: from pinned memory, non_blocking. --resident leaves it on the device instead.
Several steps and one synchronisation at their end are one sample (20 ms or 100 steps), after a second of warm-up; median and minimum of the samples.
float32 is plain float32: TF32 is off for products and convolutions. The lines with precision tf32 are extras, for training alone.
cudnn.benchmark is on. Eager variants (channels_last, foreach, fused optimisers where torch has them) are all measured; the fastest counts.
--device cpu proves that the script works; its numbers are nobody's.
"""
import argparse, copy, json, os, statistics, sys, time, warnings

here, sys.dont_write_bytecode = os.path.dirname(os.path.abspath(__file__)), True  # the peer of the CPU is imported from its folder
sys.path.insert(0, os.path.join(here, "..", "..", "NetDsl.Benchmarks", "peers"))
from torch_bench import build, gflop, macs  # noqa: E402

WORKLOADS = ["mlp", "mlp_adam", "ciresan", "lenet64", "vggish", "resnet20"]
SAMPLE, MOST_CALLS, LEAST_SAMPLES = 0.02, 100, 3


def measure(step, sync, secs):
    """Seconds of a step: several and one wait are a sample."""
    step(); sync()
    t = time.perf_counter(); k = 0
    while k == 0 or time.perf_counter() - t < max(min(1.0, 5 * secs), secs):
        step(); sync(); k += 1
    calls = int(min(max(SAMPLE * k / (time.perf_counter() - t), 1), MOST_CALLS))
    xs = []; begin = time.perf_counter()
    while len(xs) < LEAST_SAMPLES or (time.perf_counter() - begin < secs and len(xs) < 1 << 14):
        a = time.perf_counter()
        for _ in range(calls): step()
        sync()
        xs.append((time.perf_counter() - a) / calls)
    xs.sort()
    return dict(median_s=statistics.median(xs), min_s=xs[0], p90_s=xs[int(len(xs) * .9)], reps=len(xs) * calls)


def rounded(r): return {k: float("%.4g" % v) if isinstance(v, float) else v for k, v in r.items()}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--only", default=",".join(WORKLOADS)); ap.add_argument("--modes", default="train")
    ap.add_argument("--device", default="cuda"); ap.add_argument("--secs", type=float, default=0.8)
    ap.add_argument("--all-variants", action="store_true"); ap.add_argument("--no-tf32", action="store_true")
    ap.add_argument("--resident", action="store_true"); ap.add_argument("--gemm", action="store_true")
    ap.add_argument("--largest", type=int, default=4096); ap.add_argument("--device-only", action="store_true")
    a = ap.parse_args()
    warnings.filterwarnings("ignore")
    try: import torch
    except ImportError: sys.exit("torch_gpu_bench.py: this Python has no torch; give compare_gpu.py another with --python")
    if a.device.startswith("cuda") and not torch.cuda.is_available():
        sys.exit(f"torch_gpu_bench.py: torch {torch.__version__} sees no CUDA device (built for CUDA {torch.version.cuda}); --device cpu tries the script")
    dev = torch.device(a.device); cuda = dev.type == "cuda"
    sync = torch.cuda.synchronize if cuda else lambda: None
    about = dict(device=torch.cuda.get_device_name(dev) if cuda else a.device, torch=torch.__version__, cuda=torch.version.cuda)
    torch.backends.cudnn.benchmark = True

    def tf32(on):
        torch.backends.cuda.matmul.allow_tf32 = on; torch.backends.cudnn.allow_tf32 = on
        if hasattr(torch, "set_float32_matmul_precision"): torch.set_float32_matmul_precision("high" if on else "highest")

    tf32(False)
    if a.device_only: return print(json.dumps(about))
    if a.gemm: return gemm(torch, dev, sync, about, a)

    def optimizers(name):
        O = torch.optim.Adam if name == "mlp_adam" else torch.optim.SGD
        args = dict(lr=1e-4) if name == "mlp_adam" else dict(lr=1e-3, momentum=.9)
        for label, extra in (("", dict(foreach=False)), ("foreach", dict(foreach=True))) + ((("fused", dict(fused=True)),) if cuda else ()):
            yield label, lambda ps, extra=extra: O(ps, **args, **extra)

    def inputs(x, t, cl):
        if cl: x = x.to(memory_format=torch.channels_last)
        if a.resident: x, t = x.to(dev), t.to(dev)
        elif cuda: x, t = x.pin_memory(), t.pin_memory()
        return lambda: (x.to(dev, non_blocking=True), t.to(dev, non_blocking=True))

    def train(m0, x, t, loss, cl, make):
        m = copy.deepcopy(m0).to(dev).train()
        if cl: m = m.to(memory_format=torch.channels_last)
        opt, batch = make(m.parameters()), inputs(x, t, cl)
        def step():
            xx, tt = batch()
            opt.zero_grad(set_to_none=True)
            loss(m(xx), tt).backward()
            opt.step()
        return step

    def infer(m0, x, t, cl):
        m = copy.deepcopy(m0).to(dev).eval()
        if cl: m = m.to(memory_format=torch.channels_last)
        batch = inputs(x, t, cl)
        def step():
            with torch.inference_mode(): return m(batch()[0]).cpu()
        return step

    for name in a.only.split(","):
        models, x, t, loss, outact = build(name)
        (_, m0), layouts = models[0], (False, True) if x.dim() == 4 else (False,)
        if outact is not None: sys.exit(f"torch_gpu_bench.py: no workload '{name}' on devices; there are {', '.join(WORKLOADS)}")
        for mode in a.modes.split(","):
            for precision in ("float32", "tf32") if cuda and mode == "train" and not a.no_tf32 else ("float32",):
                tf32(precision == "tf32")
                res = []
                for cl in layouts:
                    kinds = optimizers(name) if mode == "train" else (("", None),)
                    for label, make in kinds:
                        v = "+".join(filter(None, ["eager", "channels_last" if cl else "", label]))
                        try:
                            xx, tt = (x[:1].contiguous(), t[:1]) if mode == "infer1" else (x, t)
                            res.append((measure(train(m0, xx, tt, loss, cl, make) if mode == "train" else infer(m0, xx, tt, cl), sync, a.secs), v))
                        except (TypeError, ValueError, RuntimeError) as e:  # an optimiser or layout that this torch lacks
                            print(f"# {name} {mode} {v}: {type(e).__name__}: {str(e).splitlines()[0][:200]}", file=sys.stderr)
                tf32(False)
                res.sort(key=lambda z: z[0]["median_s"])
                for i, (r, v) in enumerate(res if a.all_variants else res[:1]):
                    g = gflop(name, mode)
                    print(json.dumps(dict(peer="torch", workload=name, mode=mode, precision=precision, **about, batch=1 if mode == "infer1" else macs(name)[0], best=i == 0, variant=v,
                          parameters=sum(p.numel() for p in m0.parameters()), **rounded(r), gflop=float("%.4g" % g), gflops=float("%.4g" % (g / r["median_s"])), load=os.getloadavg()[0])), flush=True)


def gemm(torch, dev, sync, about, a):
    """The products of tests/NetDsl.Gpu.Benchmarks -- --gemm with torch's library (cuBLAS), plain float32."""
    for m, k, n in ((1024, 1024, 1024), (4096, 4096, 4096), (64, 784, 512), (1024, 784, 512), (64, 512, 256), (64, 256, 10), (64, 2500, 2000)):
        if max(m, k, n) > a.largest: continue
        x, w, y = torch.randn(m, k, device=dev), torch.randn(n, k, device=dev), torch.randn(m, n, device=dev)
        forms = (("forward (NT)", (m, n, k), lambda: x @ w.t()), ("input gradient (NN)", (m, k, n), lambda: y @ w), ("weight gradient (TN)", (n, k, m), lambda: (y.t() @ x, y.sum(0))))
        for form, (r, c, d), f in forms:
            t = measure(f, sync, a.secs)
            print(json.dumps(dict(peer="torch", gemm=form, m=r, n=c, k=d, **about, median_s=float("%.4g" % t["median_s"]), gflops=round(2e-9 * r * c * d / t["median_s"], 1))), flush=True)


if __name__ == "__main__":
    main()
