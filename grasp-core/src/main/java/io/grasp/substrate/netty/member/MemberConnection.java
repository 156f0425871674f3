package io.grasp.substrate.netty.member;

import io.grasp.model.PeerRefusal;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection that carries link messages.
 *
 * <pre>
 *  GREETING --- hello of the peer ---&gt; OF A MEMBER --- CLOSING sent or received ---&gt; RETIRING ---&gt; ENDED
 *      '--- none in time, or something else: ended
 * </pre>
 *
 * The end that has received CLOSING closes the connection as soon as no stream is left and no link depends on it: when
 * the last stream ends, when another connection carries the link, or when the link goes down. The end that has sent it
 * does so if that does not come.
 */
final class MemberConnection implements Wire.Listener {
    /** Receives its events. */
    interface Owner {
        /** {@return whether the connection may be with the node that has sent a hello} */
        boolean expects(MemberConnection connection, Hello hello);

        /** The peer has sent its hello. {@return what this node says of itself, and whose connection it is} */
        Member greeted(MemberConnection connection, Hello hello);

        /** It has been added to its member. */
        void added(MemberConnection connection, Member member);

        /** {@return this node's hello} */
        Hello hello(MemberConnection connection);

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
    private byte saidFlags;
    private byte flags;
    private boolean flagsWait;
    private @Nullable Byte keptFlags;
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
                        PeerRefusal.HANDSHAKE_TIMEOUT, "the peer did not say in time which node it is")));
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
        Hello hello = owner.hello(this);
        saidFlags = Hello.flags(hello.wantsLink(), hello.acceptsLink());
        wire.sendControl(hello.encode(), Completion.IGNORED);
    }

    SecureChannel channel() {
        return channel;
    }

    /** {@return whose connection it is; {@code null} before the hello} */
    @Nullable
    Member member() {
        return member;
    }

    /** {@return whether messages and new streams should use it} */
    boolean isUsable() {
        return !retiring && !isEnding();
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
     * Says what has changed since the hello, if anything has. If such a message waits already, the peer gets the
     * latest state after it.
     */
    void sendFlags(byte now) {
        flags = now;
        if (!flagsWait && now != saidFlags) {
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

    /** The peer has said its flags here, but another connection carries the link. */
    void keepFlags(byte ofPeer) {
        keptFlags = ofPeer;
    }

    /** {@return what the peer has said last while another connection carried the link; once} */
    @Nullable
    Byte keptFlags() {
        Byte kept = keptFlags;
        keptFlags = null;
        return kept;
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

    /** {@return whether the peer has asked for another connection} */
    boolean isRenewalAsked() {
        return renewalAsked;
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
        return member != null && !channel.hasOutlived() && owner.admits(this);
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
        Member known = member;
        if (known == null) {
            greeted(message);
            return false;
        }
        switch (message[0]) {
            case Hello.MESSAGE -> {
                known.received(message);
                return true;
            }
            case Hello.FLAGS -> {
                if (message.length > 1) {
                    known.flagsOfPeer(this, message[1]);
                }
            }
            case Hello.CLOSING -> {
                beginRetirement();
                mayClose = true;
                carrierChanged();
                closeIfUnused();
            }
            case Hello.RENEW -> {
                if (isUsable() && !renewalAsked) {
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

    private void greeted(byte[] message) {
        Hello hello = Hello.decode(message);
        if (hello == null) {
            abort(new ProtocolViolation("the first message of " + AddressText.onThisHost(channel.remote())
                    + " does not say which node it is"));
            return;
        }
        if (!owner.expects(this, hello)) {
            abort(new IOException("another node than before is at " + AddressText.onThisHost(channel.remote())));
            return;
        }
        stopGreeting();
        greetedAt = loop.nanoTime();
        channel.isOf(hello.instance());
        Member known = owner.greeted(this, hello);
        member = known;
        if (channel.isClient()) {
            sendFlags(known.flags());
        } else {
            sendHello();
        }
        known.added(this, hello);
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
                ? new IOException("the connection to " + AddressText.onThisHost(channel.remote())
                        + " was closed before the peer said which node it is")
                : failure;
        owner.ended(this, why);
    }
}
