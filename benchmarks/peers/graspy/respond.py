"""Accepts negotiations until it is stopped."""

import threading

from common import AT_ONCE, answer, grasp, objective, register

SERVED = objective(1)
ASA = register("Briggs", SERVED)

while True:
    error, session, offer = grasp.listen_negotiate(ASA, SERVED)
    if error:
        continue
    if AT_ONCE == 1:
        answer(ASA, session, offer)
    else:  # a request that arrives while the ASA is not listening is refused
        threading.Thread(target=answer, args=(ASA, session, offer), daemon=True).start()
