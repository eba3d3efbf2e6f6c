#!/usr/bin/env python3
"""One training step of a workload, a line when it is done, then 20 more. Args: threads, workload. For startup.py."""
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import torch, torch_bench
torch.set_num_threads(int(sys.argv[1])); torch.set_num_interop_threads(1)
models, x, t, loss, _ = torch_bench.build(sys.argv[2]); m = models[0][1].train()
o = torch.optim.Adam(m.parameters(), lr=1e-4) if sys.argv[2] == "mlp_adam" else torch.optim.SGD(m.parameters(), lr=1e-3, momentum=.9)
for step in range(21):
    o.zero_grad(set_to_none=True); loss(m(x), t).backward(); o.step()
    if step == 0: print("first step", flush=True)
