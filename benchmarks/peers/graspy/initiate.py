"""Negotiates as often as possible with the peer that it discovers, and prints how often that succeeded."""

import os
import threading
import time

from common import AT_ONCE, SECONDS, STEPS, TIMEOUT, answer, grasp, objective, register

SEARCHES = 10
SEARCH_MILLIS = 1000

WANTED = objective(STEPS)
ASA = register("Gray", WANTED)


def find():
    for _ in range(SEARCHES):
        _, found = grasp.discover(ASA, WANTED, SEARCH_MILLIS)
        if found:
            return found[0]
    return None


def negotiate(peer):
    error, session, offer = grasp.req_negotiate(ASA, objective(STEPS), peer, TIMEOUT)
    if error:
        return False
    return session is None or answer(ASA, session, offer)


def negotiate_repeatedly(peer, end, counts):
    while time.monotonic() < end:
        try:
            counts[negotiate(peer)] += 1
        except Exception:  # of graspy: a failure must not end the thread
            counts[False] += 1


def run(peer):
    """Returns the numbers of failed and of successful negotiations."""
    end = time.monotonic() + SECONDS
    # Each thread has its own counts, so no lock is needed.
    all_counts = [[0, 0] for _ in range(AT_ONCE)]
    threads = [
        threading.Thread(target=negotiate_repeatedly, args=(peer, end, counts), daemon=True) for counts in all_counts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 10)
    return [sum(each) for each in zip(*all_counts)]


found = find()
failed, ok = run(found) if found else (1, 0)
print(f"ok={ok} failed={failed} seconds={SECONDS:g}", flush=True)
os._exit(0 if ok else 1)  # graspy's own threads never end
