"""The protocol between run.py and the programs it compares.

A worker prepares one piece of work, prints its facts as one line of JSON, then waits. For every line with a number N it
does the work N times and prints {"ms": [one number per run]}. So both sides of a comparison can take turns, each warm.
"""
import json
import sys
import time


def serve(facts, work, after=lambda: None):
    """after() runs outside the clock, once per line."""
    print(json.dumps(facts), flush=True)
    for line in sys.stdin:
        milliseconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            work()
            milliseconds.append((time.perf_counter() - start) * 1e3)
        print(json.dumps({"ms": milliseconds}), flush=True)
        after()
