#!/usr/bin/env python3
"""PyTorch's activations on the arrays of `tests/NetDsl.Benchmarks -- --activations`. One JSON line per (peer, function, size, mode).

  /usr/bin/python3 torch_activations.py [--threads 1] [--secs 0.3]

Two peers: `torch`, eager as a user writes it, with autograd; `torch-ops`, the bare operators of ATen that autograd calls, the better of new and reused memory.
infer = y alone, under inference_mode; forward = y of a tensor that wants its gradient; backward = dx from dy and what forward kept."""
import argparse, json, os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from torch_bench import measure

ap = argparse.ArgumentParser()
ap.add_argument("--threads", type=int, default=1); ap.add_argument("--secs", type=float, default=0.3)
a = ap.parse_args()
os.environ.setdefault("OMP_NUM_THREADS", str(a.threads))
import torch, torch.nn.functional as F
torch.set_num_threads(a.threads); torch.set_num_interop_threads(1); torch.set_flush_denormal(True); torch.manual_seed(1)
ops = torch.ops.aten


def calls(name, x, dy):
    """-> [(peer, mode, call)]"""
    function = {"tanh": torch.tanh, "gelu": F.gelu, "mish": F.mish}[name]
    leaf = x.clone().requires_grad_(); kept = function(leaf); y, dx, saved = torch.empty_like(x), torch.empty_like(x), kept.detach()

    def infer():
        with torch.inference_mode(): return function(x)

    def backward(): return torch.autograd.grad(kept, leaf, dy, retain_graph=True)

    forward_new, forward_reused = {"tanh": (lambda: ops.tanh(x), lambda: ops.tanh.out(x, out=y)), "gelu": (lambda: ops.gelu(x), lambda: ops.gelu.out(x, out=y)),
                                   "mish": (lambda: ops.mish(x), lambda: ops.mish.out(x, out=y))}[name]
    backward_new, backward_reused = {"tanh": (lambda: ops.tanh_backward(dy, saved), lambda: ops.tanh_backward.grad_input(dy, saved, grad_input=dx)),
                                     "gelu": (lambda: ops.gelu_backward(dy, x), lambda: ops.gelu_backward.grad_input(dy, x, grad_input=dx)),
                                     "mish": (lambda: ops.mish_backward(dy, x), None)}[name]  # has no form for reused memory
    assert torch.allclose(backward()[0], backward_new())
    found = [("torch", "infer", infer), ("torch", "forward", lambda: function(leaf)), ("torch", "backward", backward)]
    for call in (forward_new, forward_reused): found += [("torch-ops", "infer", call), ("torch-ops", "forward", call)]
    return found + [("torch-ops", "backward", call) for call in (backward_new, backward_reused) if call]


for rows, columns in ((64, 1000), (1024, 1024)):
    for name in ("tanh", "gelu", "mish"):
        best = {}
        for peer, mode, call in calls(name, torch.randn(rows, columns), torch.randn(rows, columns)):
            r = measure(call, a.secs, retries=1)
            if (peer, mode) not in best or r["median"] < best[peer, mode]["median"]: best[peer, mode] = r
        for (peer, mode), r in best.items():
            print(json.dumps(dict(peer=peer, workload=f"{name}_{rows}x{columns}", mode=mode, threads=a.threads, elements=rows * columns, median_s=float("%.4g" % r["median"]),
                                  min_s=float("%.4g" % r["min"]), ns_per_element=float("%.3g" % (1e9 * r["median"] / rows / columns)), others_cpu=r["others_cpu"])), flush=True)
