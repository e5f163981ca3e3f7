"""Pixel metrics of vigie against scikit-learn (AUROC) and a numpy AUPRO, on the same maps.

usage: metrics.py --vigie build/release/bench/vigie_metrics_bench [--maps 83] [--side 900] [--python /usr/bin/python3]
Prints one JSON object: values and seconds of both sides, their ratio and how far the values are apart. `--python` is an
interpreter with scikit-learn and scipy. Needs about 60 bytes of memory and 5 of disk a pixel.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

MISSING = 77  # metrics_peer.py's exit status without scikit-learn


def run_json(command):
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    if result.returncode == MISSING:
        sys.exit(f"{command[0]} cannot import scikit-learn and scipy; name another interpreter with --python")
    if result.returncode != 0:
        sys.exit(f"failed with {result.returncode}: {' '.join(map(str, command))}")
    return json.loads(result.stdout)


def compare(ours, peer, name):
    return {"vigie": ours[name], "peer": peer[name], "difference": abs(ours[name] - peer[name]),
            "vigie_seconds": ours[f"{name}_seconds"], "peer_seconds": peer[f"{name}_seconds"],
            "ratio": peer[f"{name}_seconds"] / ours[f"{name}_seconds"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vigie", required=True, type=Path, help="the program vigie_metrics_bench")
    parser.add_argument("--maps", type=int, default=83)
    parser.add_argument("--side", type=int, default=900)
    parser.add_argument("--python", default="/usr/bin/python3", help="an interpreter with scikit-learn and scipy")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vigie_metrics_") as folder:
        sizes = [folder, arguments.maps, arguments.side]
        subprocess.run([str(word) for word in (arguments.vigie, "write", *sizes)], check=True)
        ours = run_json([arguments.vigie, "time", *sizes])
        peer = run_json([arguments.python, Path(__file__).with_name("metrics_peer.py"), *sizes])
    pixels = arguments.maps * arguments.side**2
    print(json.dumps({
        "maps": arguments.maps, "side": arguments.side, "pixels": pixels, "threads": ours["threads"],
        "auroc": compare(ours, peer, "auroc"), "aupro": compare(ours, peer, "aupro"),
        "evaluation_seconds": ours["evaluation_seconds"],
        "vigie_bytes_a_pixel": ours["peak_bytes"] / pixels, "scikit_learn": peer["scikit_learn"]}, indent=2))


if __name__ == "__main__":
    main()
