"""A wire between two network namespaces that loses, delays, duplicates and reorders frames.

Usage: lossy-wire.py NAMESPACE LINK NAMESPACE LINK SEED

Makes one TAP device in each namespace, prints "ready", and carries frames until its standard input ends; then it prints how
many frames came, how many of these it lost, and how many it sent twice. The devices vanish with it.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

LOSS = 0.3
DELAY = 0.050  # seconds, one way
JITTER = 0.005
DUPLICATION = 0.1
REORDERING = 0.1
LATE = 0.020  # how much later than others a frame comes that is overtaken

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000


def tap(namespace, link):
    """Opens a new TAP device in a namespace: a device belongs where the process is that opens it."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/run/netns/" + namespace) as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), namespace)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", link.encode(), IFF_TAP | IFF_NO_PI))
    return device


def delay(chance):
    late = LATE if chance.random() < REORDERING else 0
    return DELAY + chance.uniform(0, JITTER) + late


def carry(devices, chance):
    other = {devices[0]: devices[1], devices[1]: devices[0]}
    came = lost = doubled = 0
    on_the_way = []
    while True:
        wait = max(0, on_the_way[0][0] - time.monotonic()) if on_the_way else None
        readable, _, _ = select.select([sys.stdin, *devices], [], [], wait)
        if sys.stdin in readable and not os.read(sys.stdin.fileno(), 1):
            return came, lost, doubled
        now = time.monotonic()
        for device in devices:
            if device not in readable:
                continue
            frame = os.read(device, 65536)
            came += 1
            if chance.random() < LOSS:
                lost += 1
                continue
            copies = 2 if chance.random() < DUPLICATION else 1
            doubled += copies - 1
            for copy in range(copies):
                heapq.heappush(on_the_way, (now + delay(chance), came, copy, other[device], frame))
        while on_the_way and on_the_way[0][0] <= now:
            _, _, _, device, frame = heapq.heappop(on_the_way)
            try:
                os.write(device, frame)
            except OSError:
                pass  # the link is down


def main():
    one, one_link, two, two_link, seed = sys.argv[1:]
    devices = [tap(one, one_link), tap(two, two_link)]
    print("ready", flush=True)
    print(*carry(devices, random.Random(int(seed))), flush=True)


main()
