package io.grasp.substrate.netty.mux;

import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Two ends of one connection, at virtual time. What they send is cut at random. */
final class MuxPair {
    final VirtualLoop loop = new VirtualLoop(Long.MAX_VALUE - 1_000_000, 1_000_000);
    final MuxEnd initiator;
    final MuxEnd acceptor;
    private final SplittableRandom random;

    MuxPair(MuxConfig config) {
        this(config, config, 1);
    }

    MuxPair(MuxConfig ofInitiator, MuxConfig ofAcceptor, long seed) {
        random = new SplittableRandom(seed);
        initiator = new MuxEnd(loop, MuxRole.INITIATOR, ofInitiator);
        acceptor = new MuxEnd(loop, MuxRole.ACCEPTOR, ofAcceptor);
    }

    /** Carries everything both ways until nothing is under way, without time passing. */
    MuxPair settle() {
        boolean more = true;
        while (more) {
            loop.runReady();
            more = carry(initiator, acceptor) | carry(acceptor, initiator);
        }
        return this;
    }

    /** {@return whether anything was carried} */
    boolean carry(MuxEnd from, MuxEnd to) {
        byte[] bytes = from.sent();
        for (int at = 0; at < bytes.length && to.channel.isOpen(); ) {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 20 : 20_000));
            to.receive(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        boolean closes = !from.channel.isOpen() && to.channel.isOpen();
        if (closes) {
            to.disconnect();
        }
        return bytes.length > 0 || closes;
    }

    /** Time passes in small steps, so that what is sent meanwhile arrives. */
    MuxPair pass(Duration time) {
        Duration step = time.dividedBy(20);
        for (int i = 0; i < 20; i++) {
            settle();
            loop.advance(step);
        }
        return settle();
    }

    /** Ends what is left, and checks that nothing is. */
    void finish() {
        initiator.call(() -> initiator.connection.abort());
        settle();
        for (MuxEnd end : new MuxEnd[] {initiator, acceptor}) {
            if (!end.events.contains("ended") || end.events.indexOf("ended") != end.events.size() - 1) {
                throw new AssertionError("not ended once and last: " + end.events);
            }
            if (end.connection.streams() != 0) {
                throw new AssertionError(end.connection.streams() + " streams are left");
            }
            end.accepted.forEach(stream -> {
                if (!stream.events.contains("closed")) {
                    throw new AssertionError("not closed: " + stream.events);
                }
            });
            end.channel.checkException();
        }
        if (loop.pendingWakeups() != 0) {
            throw new AssertionError(loop.pendingWakeups() + " wakeups are left");
        }
    }
}
