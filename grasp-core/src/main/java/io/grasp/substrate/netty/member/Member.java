package io.grasp.substrate.netty.member;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Loop;
import io.grasp.util.AddressText;
import io.grasp.util.IntrusiveList;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A running node that this node has a connection with. It usually has one; for a moment it may have several, of which
 * the newest is used. All methods are called on the loop.
 */
public final class Member {
    /** Receives its events. */
    interface Owner {
        /** {@return whether this member, which wants it, may have this node as its neighbor} */
        Acceptance accept(Member member);

        /** {@return why this member cannot be a neighbor, whichever side wants it; {@code null} if it can} */
        @Nullable
        String objection(Member member);

        void linkUp(Member member);

        void linkDown(Member member);

        void message(Member member, byte[] message);

        /** It may take sessions that wait. */
        void placeIsFree(Member member);
    }

    /** How many instance IDs of its place are remembered. */
    private static final int MAX_FOLLOWED = 8;

    private final Loop loop;
    private final Owner owner;
    private final String key;
    private final String instance;
    private final FlagChanges newFlags;
    /** Those that are not closed, the oldest first. */
    private final Deque<MemberConnection> connections = new ArrayDeque<>(1);
    /** The instance IDs that were at its place before it, with its name, the latest last. */
    private final Set<String> followed = new LinkedHashSet<>(0);

    /** The sessions that wait until it takes one more, on whichever connection that will be. */
    private final IntrusiveList<DeferredConnection> waiting = new IntrusiveList<>();

    private PeerIdentity identity;
    private InetSocketAddress remote;
    private InetSocketAddress local;
    private int port;
    private boolean wanted;
    private Acceptance acceptance = Acceptance.NO;
    private boolean wantedByPeer;
    private Acceptance acceptanceOfPeer = Acceptance.NO;
    private boolean isNeighbor;
    private boolean opensWaiting;
    private boolean hasRenewed;
    private long renewedAt;

    Member(Loop loop, Owner owner, String key, Hello hello, MemberConnection first) {
        this.newFlags = new FlagChanges(loop, this::takeFlags);
        this.loop = loop;
        this.owner = owner;
        this.key = key;
        this.instance = hello.instance();
        this.port = hello.port();
        this.identity = first.channel().peer();
        this.remote = first.channel().remote();
        this.local = first.channel().local();
    }

    /** {@return what tells it from other nodes: its name and its instance ID} */
    public String key() {
        return key;
    }

    String instance() {
        return instance;
    }

    /** {@return what its certificate says} */
    public PeerIdentity identity() {
        return identity;
    }

    /** {@return its address in the newest connection, and the port of that} */
    public InetSocketAddress remote() {
        return remote;
    }

    /** {@return this node's address in the newest connection, as this member sees it unless it is translated} */
    public InetSocketAddress local() {
        return local;
    }

    /**
     * Whether it has an address in a connection that is open, perhaps a former one.
     *
     * @param address an address, whose scope does not count
     * @return whether it has
     */
    public boolean isAt(InetAddress address) {
        return addressLike(address) != null;
    }

    /** {@return the same address as a connection that is open has it, with its scope; {@code null} if none has it} */
    @Nullable
    InetAddress addressLike(InetAddress address) {
        return connections.stream()
                .map(each -> each.channel().remote().getAddress())
                .filter(address::equals)
                .findFirst()
                .orElse(null);
    }

    /**
     * Whether it has an address in a connection that is open, perhaps a former one; a link-local address on the same
     * interface.
     *
     * @param address an address as a connection has it
     * @return whether it has
     */
    public boolean isOn(InetAddress address) {
        Place place = new Place(address, 0);
        return connections.stream()
                .map(each -> new Place(each.channel().remote().getAddress(), 0))
                .anyMatch(each -> each.compareTo(place) == 0);
    }

    /** {@return the port at which it says that it accepts connections, 0 for none} */
    public int port() {
        return port;
    }

    /** {@return whether a link with it is up} */
    public boolean isNeighbor() {
        return isNeighbor;
    }

    /** {@return whether this node wants it as its neighbor} */
    public boolean isWanted() {
        return wanted;
    }

    /**
     * Sets whether this node wants it as its neighbor. The link may remain because the member wants it, if it has a
     * place among those. A member that cannot be a neighbor ({@link #objection}) is not wanted.
     *
     * @param value whether it does
     */
    public void want(boolean value) {
        if (wanted != value && !(value && owner.objection(this) != null)) {
            wanted = value;
            if (isNeighbor && wantedByPeer && !value) {
                acceptance = owner.accept(this);
            }
            sendFlags();
            update();
        }
    }

    /** {@return why it cannot be a neighbor of this node; {@code null} if it can} */
    public @Nullable String objection() {
        return owner.objection(this);
    }

    /**
     * Sends it a message over the link.
     *
     * @param message the message
     * @param sent called when it has been handed to the network, or with the failure
     */
    public void send(byte[] message, Completion sent) {
        MemberConnection carrier = carrier();
        if (carrier == null || !isNeighbor) {
            sent.done(new IOException("there is no link with " + identity.nodeName() + " any more"));
            return;
        }
        byte[] whole = new byte[1 + message.length];
        whole[0] = Hello.MESSAGE;
        System.arraycopy(message, 0, whole, 1, message.length);
        carrier.send(whole, sent);
    }

    IntrusiveList<DeferredConnection> waiting() {
        return waiting;
    }

    /** {@return whether it takes one more session on a connection now, and none waits for that} */
    boolean takesSession(MemberConnection on) {
        return waiting.size() == 0 && hasPlace(on);
    }

    /**
     * {@return whether it takes one more session on a connection} It counts those on all its connections, so that it
     * refuses none when a connection has been replaced and its sessions go on there.
     */
    boolean hasPlace(MemberConnection on) {
        int free = on.freePlaces();
        if (connections.size() > 1) {
            for (MemberConnection each : connections) {
                free -= each == on ? 0 : each.ownStreams();
            }
        }
        return free > 0;
    }

    /**
     * {@return whether a session that waits does not wait for it: this node pauses, or will look on a later turn
     * whether it takes one more}
     */
    boolean isAboutToTakeSession() {
        MemberConnection on = forStreams();
        return opensWaiting || on != null && on.isPaused();
    }

    /** Something has ended, or there is another connection. May be called from within a call of the engine. */
    void placeIsFree() {
        if (waiting.size() == 0 || opensWaiting) {
            return;
        }
        opensWaiting = true;
        try {
            loop.execute(() -> {
                opensWaiting = false;
                owner.placeIsFree(this);
            });
        } catch (RejectedExecutionException ended) {
            // the loop, with everything on it
        }
    }

    /** {@return the connection for new streams, {@code null} if there is none} */
    @Nullable
    MemberConnection forStreams() {
        return newest(MemberConnection::takesStreams);
    }

    /** {@return the newest connection that is to be used, {@code null} if there is none} */
    @Nullable
    MemberConnection newest() {
        return newest(MemberConnection::isUsable);
    }

    private @Nullable MemberConnection newest(Predicate<MemberConnection> usable) {
        Iterator<MemberConnection> newest = connections.descendingIterator();
        while (newest.hasNext()) {
            MemberConnection each = newest.next();
            if (usable.test(each)) {
                return each;
            }
        }
        return null;
    }

    /** {@return the connection that carries the messages of the link, {@code null} if none can} */
    @Nullable
    MemberConnection carrier() {
        MemberConnection newest = newest();
        return newest != null ? newest : newest(MemberConnection::mayCarryLink);
    }

    /** A connection has been replaced, at a time on the loop's clock. */
    void renewed(long now) {
        renewedAt = now;
        hasRenewed = true;
    }

    long nanosSinceRenewal(long now) {
        return hasRenewed ? now - renewedAt : Long.MAX_VALUE;
    }

    List<MemberConnection> connections() {
        return List.copyOf(connections);
    }

    /** Another one has been found at its place, with its name, before it. */
    void follows(Member former) {
        followed.addAll(former.followed);
        followed.remove(instance);
        followed.remove(former.instance);
        followed.add(former.instance);
        while (followed.size() > MAX_FOLLOWED) {
            followed.remove(followed.iterator().next());
        }
    }

    /** {@return whether the other one was here before, so that it is back: a node that is started again is not} */
    boolean hasFollowed(Member other) {
        return followed.contains(other.instance);
    }

    /** {@return whether nothing is left of it but the ends of its connections} */
    boolean isEnding() {
        return connections.stream().allMatch(MemberConnection::isEnding);
    }

    boolean isGone() {
        return connections.isEmpty();
    }

    byte flags() {
        return Hello.flags(wanted, acceptance);
    }

    Acceptance acceptance() {
        return acceptance;
    }

    /** {@return why it does not accept this node as its neighbor, as it has said last: a sentence about it} */
    public String refusal() {
        return acceptanceOfPeer.sentence();
    }

    /** Ends the link that it wants, because another member gets the place. */
    void giveWay() {
        acceptance = Acceptance.NO_PLACE;
        sendFlags();
        update();
    }

    /**
     * It has a further connection: if there is no link, what it said before does not count any more.
     *
     * @param said whether this node has said there that it accepts a link
     */
    void beginAnew(Acceptance said) {
        if (!isNeighbor) {
            wantedByPeer = false;
            acceptanceOfPeer = Acceptance.NO;
            acceptance = said;
            newFlags.forget();
        }
    }

    void added(MemberConnection connection, Hello hello) {
        connections.add(connection);
        identity = connection.channel().peer();
        addressesAre(connection);
        port = hello.port();
        carrierChanged();
        closeUnused();
    }

    /** Former connections may have waited for another one, or for the end of the link. */
    private void closeUnused() {
        connections().forEach(MemberConnection::closeIfUnused);
    }

    void removed(MemberConnection connection) {
        connections.remove(connection);
        MemberConnection last = connections.peekLast();
        if (last == null) {
            newFlags.stop();
        } else {
            addressesAre(last);
        }
        carrierChanged();
    }

    private void addressesAre(MemberConnection newest) {
        remote = newest.channel().remote();
        local = newest.channel().local();
    }

    /**
     * The peer has said its flags on one of the connections. Only those on the one that carries the link count: others
     * may be older than what was said there. They take effect at once or later.
     */
    void flagsOfPeerMayChange() {
        MemberConnection carrier = carrier();
        if (carrier != null) {
            newFlags.change(carrier.flagsOfPeer());
        }
    }

    /**
     * Another connection may carry the link now, on which each side may have said, or has to say, its flags; or none
     * can any more.
     */
    void carrierChanged() {
        sendFlags();
        flagsOfPeerMayChange();
        placeIsFree();
        update();
    }

    private void takeFlags(byte flags) {
        boolean wantedBefore = wantedByPeer;
        wantedByPeer = Hello.wants(flags);
        acceptanceOfPeer = Acceptance.in(flags);
        if (wantedByPeer && !wantedBefore) {
            acceptance = wanted ? Acceptance.YES : owner.accept(this);
            sendFlags();
        }
        update();
    }

    private void sendFlags() {
        MemberConnection carrier = carrier();
        if (carrier != null) {
            carrier.sendFlags(flags());
        }
    }

    private void update() {
        boolean now = carrier() != null
                && (wanted && acceptanceOfPeer == Acceptance.YES
                        || wantedByPeer && (acceptance == Acceptance.YES || wanted));
        if (now != isNeighbor) {
            isNeighbor = now;
            if (now) {
                owner.linkUp(this);
            } else {
                owner.linkDown(this);
                closeUnused();
            }
        }
    }

    void received(byte[] message) {
        if (isNeighbor) { // otherwise the member does not know yet that the link is down
            owner.message(this, Arrays.copyOfRange(message, 1, message.length));
        }
    }

    @Override
    public String toString() {
        return identity.nodeName() + " at " + AddressText.onThisHost(remote);
    }
}
