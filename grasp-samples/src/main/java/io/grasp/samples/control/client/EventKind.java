package io.grasp.samples.control.client;

import java.util.Locale;

/** The kinds of events that can be watched. */
enum EventKind {
    FLOODS(true, true),
    DISCOVERIES(true, true),
    SESSIONS(true, false),
    MOVES(true, true),
    LINKS(false, false),
    HOSTED(false, false),
    TRACE(true, true);

    private final boolean byObjective;
    private final boolean byPeer;

    EventKind(boolean byObjective, boolean byPeer) {
        this.byObjective = byObjective;
        this.byPeer = byPeer;
    }

    /** {@return its name in the control API} */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    String words() {
        return this == TRACE ? "messages" : this == HOSTED ? "hosted ASAs" : id();
    }

    boolean isByObjective() {
        return byObjective;
    }

    boolean isByPeer() {
        return byPeer;
    }
}
