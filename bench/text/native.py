"""What `splintr-rs` takes natively; prints it as JSON, as `measure.js` does."""

import json
import resource
import sys
import time

asked = json.load(sys.stdin)


def resident():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * resource.getpagesize()


before = resident()
started = time.perf_counter()
import splintr  # noqa: E402

tokenizer = splintr.Tokenizer.from_pretrained("kimi_k3")
tokenizer.encode_ordinary("Hello")
load_ms = (time.perf_counter() - started) * 1000
counts = {}
for name, text in asked["texts"].items():
    times = max(1, round(10_000 / len(text)))
    ms = []
    for turn in range(asked["rounds"] + 1):
        begun = time.perf_counter()
        for _ in range(times):
            tokens = len(tokenizer.encode_ordinary(text))
        if turn > 0:
            ms.append((time.perf_counter() - begun) * 1000 / times)
    counts[name] = {"tokens": tokens, "ms": ms}
print(json.dumps({"loadMs": load_ms, "heldBytes": resident() - before, "counts": counts}))
