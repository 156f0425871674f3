package io.grasp.substrate.netty.member;

import io.grasp.substrate.Loop;
import io.grasp.substrate.netty.NettyLoop;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Replaces connections whose certificates are not those of new handshakes any more, or are about to expire, or that
 * close though they carry a link, by others with the same members. The former one remains in use until the other is
 * there.
 *
 * <pre>
 *          stale, or asked for                     after a pause at random
 *    NONE ---------------------&gt; WAITING ------------------------------------&gt; CONNECTING
 *     ^                             ^                                              |
 *     |                             '---- no new connection after 10 s, 20 s ... --'
 *     '--- a new connection, or the member has gone ----------------------------- -'
 * </pre>
 *
 * The node that has opened the former connection can connect to the other, so it does. The other one asks it to, and
 * connects itself only if that does not help. If the one cannot connect any more, it asks the other.
 */
final class Renewals {
    /** Within one second; with the pauses at random, the handshakes of one node do not begin at one time. */
    private static final int MAX_BEGUN = 16;

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** RFC 8994 section 6.7. */
    private static final long FIRST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int MAX_DOUBLINGS = 6;

    /** What it needs. */
    interface Owner {
        /** {@return whether a connection that is in use should be replaced} */
        boolean isStale(MemberConnection connection);

        /**
         * Opens another connection with the member.
         *
         * @param failed called if it does not open, or ends before the member has said on it that it is there
         * @return gives it up, unless it is open
         */
        Runnable connect(Member member, MemberConnection former, InetSocketAddress to, Runnable failed);
    }

    private final NettyLoop loop;
    private final Owner owner;
    private final RandomGenerator random;
    private final long spreadNanos;
    private final Map<Member, Renewal> underWay = new HashMap<>();
    private long second;
    private int begun;

    Renewals(NettyLoop loop, Owner owner, RandomGenerator random, MemberConfig config) {
        this.loop = loop;
        this.owner = owner;
        this.random = random;
        this.spreadNanos = TimeUnit.MILLISECONDS.toNanos(config.renewalSpreadMillis());
        this.second = loop.nanoTime();
    }

    /** Begins a renewal after a pause at random, if the connection in use needs one. */
    void look(Member member) {
        MemberConnection carrier = member.carrier();
        if (carrier != null && owner.isStale(carrier)) {
            begin(member, random.nextLong(spreadNanos + 1));
        }
    }

    /** The peer asks for another connection, perhaps once more; it has made the pause. */
    void asked(Member member) {
        begin(member, 0);
    }

    private void begin(Member member, long pause) {
        if (!underWay.containsKey(member)) {
            Renewal renewal = new Renewal(member);
            underWay.put(member, renewal);
            renewal.attemptAfter(Math.max(pause, FIRST_RETRY_NANOS - member.nanosSinceRenewal(loop.nanoTime())));
        }
    }

    /** The member has a new connection. */
    void added(Member member) {
        Renewal renewal = underWay.get(member);
        MemberConnection carrier = member.carrier();
        if (renewal == null) {
            look(member);
        } else if (carrier == null || !renewal.isNeededFor(carrier)) {
            member.renewed(loop.nanoTime());
            renewal.end();
        }
    }

    /** No connection with the member is left. */
    void gone(Member member) {
        Renewal renewal = underWay.get(member);
        if (renewal != null) {
            renewal.end();
        }
    }

    void endAll() {
        List.copyOf(underWay.values()).forEach(Renewal::end);
    }

    private boolean mayBegin() {
        long now = loop.nanoTime();
        if (now - second >= SECOND_NANOS) {
            second = now;
            begun = 0;
        }
        return begun++ < MAX_BEGUN;
    }

    private final class Renewal {
        private final Member member;
        private Loop.@Nullable Wakeup next;
        private Runnable giveUp = () -> {};
        private int attempts;

        Renewal(Member member) {
            this.member = member;
        }

        boolean isNeededFor(MemberConnection connection) {
            return owner.isStale(connection) || connection.isRenewalAsked();
        }

        void attemptAfter(long nanos) {
            next = loop.wakeAt(loop.nanoTime() + Math.max(0, nanos), this::attempt);
        }

        private void attempt() {
            next = null;
            giveUp.run();
            giveUp = () -> {};
            MemberConnection former = member.carrier();
            if (former == null || !isNeededFor(former)) {
                end();
                return;
            }
            boolean stale = owner.isStale(former);
            if (former.isUnused()) {
                former.retire(); // the next session opens another
                end();
                return;
            }
            if (!mayBegin()) {
                attemptAfter(SECOND_NANOS + random.nextLong(SECOND_NANOS));
                return;
            }
            attempts++;
            former.renewalFollowed();
            boolean opensAgain = former.channel().isClient();
            if (opensAgain) {
                connect(former, former.channel().remote(), stale ? former::askForRenewal : () -> {});
            } else if (stale) {
                former.askForRenewal();
            }
            if (!opensAgain && (!stale || attempts > 1) && member.port() != 0) {
                connect(former, new InetSocketAddress(member.remote().getAddress(), member.port()), () -> {});
            }
            attemptAfter(FIRST_RETRY_NANOS << Math.min(attempts - 1, MAX_DOUBLINGS));
        }

        private void connect(MemberConnection former, InetSocketAddress to, Runnable failed) {
            giveUp = owner.connect(member, former, to, failed);
        }

        void end() {
            underWay.remove(member, this);
            giveUp.run();
            if (next != null) {
                next.cancel();
            }
        }
    }
}
