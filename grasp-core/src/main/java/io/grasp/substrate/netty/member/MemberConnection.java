package io.grasp.substrate.netty.member;

import io.grasp.model.PeerRefusal;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import io.grasp.substrate.netty.NettyLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection that carries link messages.
 *
 * <pre>
 *  GREETING --- hello and flags of the peer --&gt; OF A MEMBER -- CLOSING sent or received --&gt; RETIRING --&gt; ENDED
 *      '--- not in time, or something else: ended
 * </pre>
 *
 * The side that has opened it sends its flags only if the other is the node that it expects. So the other side uses it
 * neither for the link nor for new streams, nor forgets anything because of it, before the opener has decided; it only
 * takes the streams that the opener opens.
 *
 * <p>The end that has received CLOSING closes the connection as soon as no stream is left and no link depends on it:
 * when the last stream ends, when another connection carries the link, or when the link goes down. The end that has
 * sent it does so if that does not come. If a link depends on it again, because a newer connection is lost, it is
 * replaced ({@link Renewals}), whatever time has passed; a link cannot depend on it when its certificates have expired.
 */
final class MemberConnection implements Wire.Listener {
    /** Receives its events. */
    interface Owner {
        /** {@return whether the connection may be with the node that has sent a hello} */
        boolean expects(MemberConnection connection, Hello hello);

        /** {@return this node's hello} */
        Hello hello();

        /** {@return the flags that the node with a hello gets first} */
        byte flags(MemberConnection connection, Hello hello);

        /** The peer has sent its hello and its flags. {@return whose connection it is} */
        Member greeted(MemberConnection connection, Hello hello);

        /** It has been added to its member. */
        void added(MemberConnection connection, Member member);

        boolean admits(MemberConnection connection);

        /** The peer asks for another connection. */
        void renewalAsked(Member member);

        ConnectionListener accepted(MemberConnection connection, Connection stream);

        void ended(MemberConnection connection, @Nullable Throwable failure);
    }

    private final SecureChannel channel;
    private final Wire wire;
    private final Owner owner;
    private Loop.@Nullable Wakeup greeting;
    /** That of the peer. */
    private @Nullable Hello hello;

    private @Nullable Member member;
    private final NettyLoop loop;
    private final long retireNanos;
    private Loop.@Nullable Wakeup retirement;
    private long greetedAt;
    private boolean retiring;
    private boolean aborted;

    /** Whether the peer has asked this node to close it. */
    private boolean mayClose;

    /** Whether it closes though it carries a link: the peer does not take part in it, or has had time to replace it. */
    private boolean mustClose;

    private boolean ended;
    /** The flags that this node has said here last, if any. */
    private @Nullable Byte saidFlags;

    private byte flags;
    private boolean flagsWait;
    /** Those that the peer has said here last. */
    private byte flagsOfPeer;

    private boolean renewalAsked;
    private boolean nearEnd;

    MemberConnection(NettyLoop loop, SecureChannel channel, MemberConfig config, WireFactory factory, Owner owner) {
        this.loop = loop;
        this.channel = channel;
        this.owner = owner;
        this.retireNanos =
                TimeUnit.MILLISECONDS.toNanos(Math.max(config.closeTimeoutMillis(), config.handshakeTimeoutMillis()));
        this.wire = factory.create(this);
        wire.whenPlaceIsFree(this::placeIsFree);
        this.greeting = loop.wakeAt(
                loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.handshakeTimeoutMillis()),
                () -> abort(new PeerRefusedException(
                        PeerRefusal.HANDSHAKE_TIMEOUT,
                        hello == null
                                ? "the peer did not say in time which node it is"
                                : "the peer did not say in time whether it uses the connection")));
    }

    /** Creates what carries the messages. */
    @FunctionalInterface
    interface WireFactory {
        Wire create(Wire.Listener listener);
    }

    /** The side that opened the connection says first which node it is. */
    void begin() {
        if (channel.isClient()) {
            sendHello();
        }
    }

    private void sendHello() {
        wire.sendControl(owner.hello().encode(), Completion.IGNORED);
    }

    SecureChannel channel() {
        return channel;
    }

    /** {@return whose connection it is; {@code null} before the hello and the flags} */
    @Nullable
    Member member() {
        return member;
    }

    /** {@return whether messages and new streams should use it} */
    boolean isUsable() {
        return !retiring && !isEnding();
    }

    /** {@return whether it may carry a link, perhaps until another one does} */
    boolean mayCarryLink() {
        return !isEnding() && !channel.hasOutlived();
    }

    /** {@return whether nothing is left of it but its end} */
    boolean isEnding() {
        return ended || aborted || channel.isEnding();
    }

    /** {@return the name in the certificate of the peer} */
    String peerName() {
        return channel.peer().nodeName().toString();
    }

    /** {@return whether it carries neither streams nor a link} */
    boolean isUnused() {
        return wire.streams() == 0 && !carriesLink();
    }

    boolean takesStreams() {
        return isUsable() && wire.takesStreams();
    }

    /** {@return how many further streams the peer takes on this connection} */
    int freePlaces() {
        return wire.freePlaces();
    }

    /** {@return whether this node opens no stream here for a while, whatever the peer takes} */
    boolean isPaused() {
        return wire.isPaused();
    }

    /** {@return the number of streams that this node has opened here and that have not ended for the peer} */
    int ownStreams() {
        return wire.ownStreams();
    }

    private void placeIsFree() {
        if (member != null) {
            member.placeIsFree();
        }
    }

    Connection open(ConnectionListener listener, InetSocketAddress remote) {
        return wire.open(listener, remote);
    }

    void send(byte[] message, Completion sent) {
        wire.send(message, sent);
    }

    /**
     * Says the flags, unless this node has said the same here last. If such a message waits already, the peer gets the
     * latest state after it.
     */
    void sendFlags(byte now) {
        flags = now;
        if (!flagsWait && (saidFlags == null || now != saidFlags)) {
            flagsWait = true;
            saidFlags = now;
            wire.sendControl(new byte[] {Hello.FLAGS, now}, failure -> {
                flagsWait = false;
                if (failure == null) {
                    sendFlags(flags);
                }
            });
        }
    }

    /** {@return the flags that the peer has said here last} */
    byte flagsOfPeer() {
        return flagsOfPeer;
    }

    boolean isIdleFor(long nanos) {
        return wire.streams() == 0 && wire.isIdleFor(nanos);
    }

    /**
     * Asks the peer to close it when its streams have ended; what the peer opens before that is still taken, also if it
     * is on its way for as long as a handshake may take. If the peer does not close it by then, this node does, when no
     * stream is left.
     */
    void retire() {
        if (!retiring && !ended) {
            beginRetirement();
            wire.whenOpened(() -> wire.sendControl(new byte[] {Hello.CLOSING}, Completion.IGNORED));
            carrierChanged();
        }
    }

    /** Asks the peer for another connection that replaces this one. */
    void askForRenewal() {
        if (isUsable()) {
            wire.sendControl(new byte[] {Hello.RENEW}, Completion.IGNORED);
        }
    }

    /** {@return whether the peer has asked for another connection, and has not been followed since} */
    boolean isRenewalAsked() {
        return renewalAsked;
    }

    /** This node connects to the peer, as that has asked it to. */
    void renewalFollowed() {
        renewalAsked = false;
    }

    /** The peer's certificates are about to expire. */
    void nearEnd() {
        nearEnd = true;
    }

    boolean isNearEnd() {
        return nearEnd;
    }

    /** The peer's certificate has expired, but the peer has a newer one: what is under way may go on for a while. */
    void outlive(long nanos) {
        channel.outlive(nanos);
        retire();
        carrierChanged();
    }

    /** {@return the time on the loop's clock at which the peer had said which node it is} */
    long greetedAt() {
        return greetedAt;
    }

    void tick() {
        wire.tick();
    }

    private void beginRetirement() {
        retiring = true;
        if (retirement == null) {
            retirement = loop.wakeAt(loop.nanoTime() + retireNanos, this::closeWhenUnused);
            wire.whenUnused(this::closeIfUnused);
        }
    }

    private void closeWhenUnused() {
        mustClose = true;
        closeIfUnused();
    }

    /** Closes it if the time for that has come: something has ended, or another connection carries the link. */
    void closeIfUnused() {
        if ((mustClose || mayClose && !carriesLink()) && wire.streams() == 0 && !ended) {
            close();
        }
    }

    /** {@return whether it is to be closed though it carries a link, because there is no other connection} */
    boolean leavesLink() {
        return retiring && carriesLink();
    }

    private boolean carriesLink() {
        Member known = member;
        return known != null && known.isNeighbor() && known.carrier() == this;
    }

    void close() {
        retiring = true;
        wire.close();
    }

    void abort(Throwable failure) {
        aborted = true;
        wire.abort(failure);
    }

    @Override
    public boolean admits() {
        return hello != null && !channel.hasOutlived() && owner.admits(this);
    }

    @Override
    public ConnectionListener accepted(Connection stream) {
        return owner.accepted(this, stream);
    }

    @Override
    public boolean message(byte[] message) {
        if (ended || message.length == 0 || channel.hasOutlived() && message[0] != Hello.CLOSING) {
            return false;
        }
        Hello said = hello;
        if (said == null) {
            helloIs(message);
            return false;
        }
        Member known = member;
        if (known == null) {
            if (message[0] == Hello.FLAGS && message.length > 1) {
                flagsOfPeer = message[1];
                greeted(said);
            }
            return false;
        }
        switch (message[0]) {
            case Hello.MESSAGE -> {
                known.received(message);
                return true;
            }
            case Hello.FLAGS -> {
                if (message.length > 1) {
                    flagsOfPeer = message[1];
                    known.flagsOfPeerMayChange();
                }
            }
            case Hello.CLOSING -> {
                beginRetirement();
                mayClose = true;
                carrierChanged();
                closeIfUnused();
            }
            case Hello.RENEW -> {
                if (isUsable()) {
                    renewalAsked = true;
                    owner.renewalAsked(known);
                }
            }
            default -> {
                // of a later version
            }
        }
        return false;
    }

    private void helloIs(byte[] message) {
        Hello said = Hello.decode(message);
        if (said == null) {
            abort(new ProtocolViolation(
                    "the first message of " + channel.remoteText() + " does not say which node it is"));
            return;
        }
        if (!owner.expects(this, said)) {
            abort(new IOException("another node than before is at " + channel.remoteText()));
            return;
        }
        hello = said;
        if (!channel.isClient()) {
            sendHello();
        }
        sendFlags(owner.flags(this, said));
    }

    private void greeted(Hello said) {
        stopGreeting();
        greetedAt = loop.nanoTime();
        channel.isOf(said.instance());
        Member known = owner.greeted(this, said);
        member = known;
        known.added(this, said);
        owner.added(this, known);
    }

    private void stopGreeting() {
        if (greeting != null) {
            greeting.cancel();
            greeting = null;
        }
    }

    @Override
    public void goingAway() {
        beginRetirement();
        carrierChanged();
        closeWhenUnused();
    }

    private void carrierChanged() {
        if (member != null) {
            member.carrierChanged();
        }
    }

    @Override
    public void ended(@Nullable Throwable failure) {
        if (ended) {
            return;
        }
        ended = true;
        stopGreeting();
        if (retirement != null) {
            retirement.cancel();
        }
        Throwable why = failure == null && member == null
                ? new IOException("the connection to " + channel.remoteText()
                        + " was closed before the peer said which node it is")
                : failure;
        owner.ended(this, why);
    }
}
