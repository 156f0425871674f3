"""Code that both sides share. graspy's grasp.py and acp.py are on PYTHONPATH or in the current directory."""

import os
import sys
import types

sys.path.append(os.getcwd())

# graspy asks for a password at the terminal unless its module of keys contains "No key".
NO_KEYS = types.ModuleType("quadsk")
NO_KEYS.key = NO_KEYS.iv = "No key"
sys.modules["quadsk"] = NO_KEYS

import grasp  # noqa: E402

# Answers graspy's start-up questions, and turns its output off, because printing takes time.
grasp.skip_dialogue(testing=False, selfing=False, diagnosing=False, silent=True, figging=False)

NAME = os.environ["GRASP_OBJECTIVE"]
STEPS = int(os.environ["GRASP_STEPS"])
AT_ONCE = int(os.environ["GRASP_AT_ONCE"])
SECONDS = float(os.environ["GRASP_SECONDS"])

# Maximum wait for each message, in milliseconds.
TIMEOUT = 2000


def objective(moves_left):
    wanted = grasp.objective(NAME)
    wanted.neg = True
    wanted.loop_count = 255  # enough for a long negotiation
    wanted.value = moves_left
    return wanted


def register(asa_name, wanted):
    """Registers an ASA and its objective; returns the ASA's handle."""
    error, asa = grasp.register_asa(asa_name)
    if not error:
        error = grasp.register_obj(asa, wanted)
    if error:
        print("cannot register:", grasp.etext[error], file=sys.stderr, flush=True)
        os._exit(1)  # graspy's own threads never end
    return asa


def answer(asa, session, offer):
    """Accepts 1, and answers more with one less, until one side has accepted; returns whether it succeeded."""
    while offer.value > 1:
        offer.value -= 1
        error, session, offer = grasp.negotiate_step(asa, session, offer, TIMEOUT)
        if error:
            return False
        if session is None:  # the peer has accepted
            return True
    return not grasp.end_negotiate(asa, session, True)
