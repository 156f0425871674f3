#!/usr/bin/env python3
"""Runs pfxm3.py or pfxm4.py of graspy for prefix-managers: answers its questions, shortens its pauses, reads its pool.

The script is not changed.

Arguments: the directory of graspy, the script, the file descriptor of a socket, and JSON:

    answers  pairs of a part of a question and its answer; other questions get an empty line
    speed    the pauses of the script are shorter by this factor
    seconds  no more prefixes are delegated when the pauses of the delegator add up to this time

The socket takes the lines "status" and "stop", and answers each with a line of JSON. After "stop" the script requests
nothing more, but still answers its peers. It is idle when nothing that it had begun is in progress.
"""
import builtins
import json
import os
import socket
import sys
import threading
import time
import types


class Pauses:
    """Replaces time.sleep. A thread of the script that has stopped stays in its pause."""

    def __init__(self, script, speed, seconds):
        self.script = script
        self.speed = speed
        self.seconds = seconds
        self.sleep_fully = time.sleep
        self.stop = threading.Event()
        self.stopped = set()
        self.slept = 0

    def sleep(self, seconds):
        thread = threading.current_thread()
        if sys._getframe(1).f_globals is not self.script:
            # graspy itself: its pauses at the start are for a reader of its output, the others belong to the protocol.
            self.sleep_fully(seconds / self.speed if thread is threading.main_thread() else seconds)
            return
        over = self.stop.wait(seconds / self.speed)
        if kind(thread) == 'delegator':
            self.slept += seconds
            over = over or self.slept >= self.seconds
        if over:
            self.stopped.add(thread)
            threading.Event().wait()

    def idle(self):
        own = [each for each in threading.enumerate() if type(each).__module__ == self.script['__name__']]
        busy = [each for each in own if each not in self.stopped and kind(each) != 'main_negotiator']
        return self.stop.is_set() and threading.main_thread() in self.stopped and not busy


def kind(thread):
    return type(thread).__name__


def status(script, pauses):
    lock = script.get('pool_lock')
    if lock is None or 'prefstr' not in script:
        return {'pool': [], 'delegated': [], 'slept': 0, 'idle': False}
    if not lock.acquire(timeout=10):
        return {'error': 'the pool is locked'}
    try:
        pool = [script['prefstr'](*each) for each in script['ppool']]
        delegated = [script['prefstr'](*each) for each in script.get('delegated', [])]
    finally:
        lock.release()
    return {'pool': pool, 'delegated': delegated, 'slept': pauses.slept, 'idle': pauses.idle()}


def serve(connection, script, pauses):
    with connection, connection.makefile('rw') as lines:
        for line in lines:
            if line.strip() == 'stop':
                pauses.stop.set()
            lines.write(json.dumps(status(script, pauses)) + '\n')
            lines.flush()


def answering(answers):
    def answer(question=''):
        reply = next((reply for part, reply in answers if part in question), '')
        print(question, reply, flush=True)
        return reply

    return answer


def main():
    graspy, path, descriptor = sys.argv[1:4]
    settings = json.loads(sys.argv[4])
    script = {'__name__': 'script', '__file__': path}
    # Classes find their module by its name.
    sys.modules['script'] = types.ModuleType('script')
    pauses = Pauses(script, settings['speed'], settings['seconds'])
    time.sleep = pauses.sleep
    builtins.input = answering(settings['answers'])
    # Without this module graspy asks for a password.
    sys.modules['quadsk'] = types.ModuleType('quadsk')
    sys.modules['quadsk'].key = sys.modules['quadsk'].iv = 'No key'
    sys.path.insert(0, graspy)
    import grasp

    grasp.init_bubble_text = lambda caption: None  # no window
    connection = socket.socket(fileno=int(descriptor))
    threading.Thread(target=serve, args=(connection, script, pauses), daemon=True).start()
    sys.argv = [path]
    with open(path, encoding='utf-8') as source:
        code = compile(source.read(), os.path.basename(path), 'exec')
    exec(code, script)


if __name__ == '__main__':
    main()
