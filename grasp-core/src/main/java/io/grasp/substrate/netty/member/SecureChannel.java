package io.grasp.substrate.netty.member;

import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.security.MembershipException;
import io.grasp.security.NodeIdentity;
import io.grasp.substrate.Loop;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.util.AddressText;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection, from its handshake on. It is the handler behind the {@link SslHandler}.
 *
 * <pre>
 *  HANDSHAKE --- done, and the peer is a member ---&gt; OPEN --- closed, reset, refused later ---&gt; CLOSED
 *      |                                                                                    ^
 *      '--- failed, took too long, not a member -------------------------------------------'
 * </pre>
 *
 * What arrives between the handshake and {@link #use} waits. Reading stops until the peer is authenticated.
 */
final class SecureChannel extends ChannelInboundHandlerAdapter {
    /** Receives the outcome. */
    interface Outcome {
        /** The peer is authenticated. */
        void open(SecureChannel channel);

        /** It will not be. */
        void failed(InetSocketAddress remote, PeerRefusedException why);

        /** It was, but TLS has failed since. */
        void failedLater(InetSocketAddress remote, PeerRefusedException why);
    }

    /** Of a peer that shows others in each connection. */
    private static final int MAX_OTHER_CHAINS = 8;

    /** How deep the causes of a failure are followed, which may be a cycle. */
    private static final int MAX_CAUSES = 20;

    private final NettyLoop loop;
    private final NodeIdentity identity;
    private final Executor checks;
    private final long closeNanos;
    private final boolean client;
    private final Channel channel;
    private final SslHandler tls;
    private final TlsTasks tasks;
    private final Outcome outcome;
    private final Runnable closed;
    private final Queue<Runnable> held = new ArrayDeque<>();
    private List<X509Certificate> chain = List.of();
    private @Nullable PeerIdentity peer;
    private final @Nullable InetSocketAddress remote;
    /** Kept, because the system must be asked for the name of a scope. */
    private @Nullable String remoteText;

    private @Nullable InetSocketAddress local;
    private @Nullable PeerRefusedException refusal;
    private @Nullable Throwable failure;
    private boolean inputEnded;
    private boolean connected;
    /** Whether the check of the peer's certificate has begun. */
    private boolean isChecked;

    private boolean decided;
    private boolean used;
    private long lastRead;
    private Loop.@Nullable Wakeup deciding;
    private Loop.@Nullable Wakeup alerting;

    /** This node's certificate in the handshake. */
    private @Nullable X509Certificate own;

    /** When the check began whose result has opened it, on the loop's clock. */
    private long checkedAt;

    /** How long the peer's certificates were valid then. */
    private Duration validity = Duration.ZERO;

    /** Which running node the peer is, if it has said so. */
    private String instance = "";

    /** The certificates by which the same node has proved later that it is a member. */
    private List<X509Certificate> newerChain = List.of();

    /** Ends it some time after the peer's certificate has expired, if the same node has a newer one. */
    private Loop.@Nullable Wakeup outliving;

    /**
     * @param closeNanos how long the alert for a peer that is refused may take to be sent
     * @param remote the address that it is opened to; {@code null} if the peer opens it
     * @param tasks the computations of the TLS handler
     * @param closed called once, when the channel is closed
     */
    SecureChannel(
            NettyLoop loop,
            NodeIdentity identity,
            Executor checks,
            long closeNanos,
            @Nullable InetSocketAddress remote,
            Channel channel,
            SslHandler tls,
            TlsTasks tasks,
            Outcome outcome,
            Runnable closed) {
        this.loop = loop;
        this.identity = identity;
        this.checks = checks;
        this.closeNanos = closeNanos;
        this.client = remote != null;
        this.remote = remote != null ? remote : (InetSocketAddress) channel.remoteAddress();
        this.channel = channel;
        this.tls = tls;
        this.tasks = tasks;
        this.outcome = outcome;
        this.closed = closed;
        this.lastRead = loop.nanoTime();
        this.connected = remote == null;
        channel.closeFuture().addListener(gone -> gone());
    }

    Channel channel() {
        return channel;
    }

    boolean isClient() {
        return client;
    }

    /** {@return the name of the protocol above TLS; empty if the peer knows no such names} */
    String protocol() {
        String name = tls.engine().getApplicationProtocol();
        return name == null ? "" : name;
    }

    List<X509Certificate> chain() {
        return chain;
    }

    /** {@return what the peer's certificate says} Once open. */
    PeerIdentity peer() {
        PeerIdentity known = peer;
        if (known == null) {
            throw new IllegalStateException("the peer is not authenticated");
        }
        return known;
    }

    /** {@return whether this node has shown a certificate in the handshake, and another than this one} */
    boolean hasShownOther(X509Certificate than) {
        return own != null && !own.equals(than);
    }

    /** {@return when the check began by which the channel was opened, on the loop's clock} */
    long checkedAt() {
        return checkedAt;
    }

    /** {@return whether of the peer's certificates, which remain valid for a time, only a tenth of the time is left} */
    boolean isNearEnd(Duration left) {
        return untilNearEnd(left).isNegative();
    }

    /** {@return after which time only a tenth is left, if the peer's certificates remain valid for a time} */
    Duration untilNearEnd(Duration left) {
        return left.minus(validity.dividedBy(10));
    }

    /** {@return how long the peer's certificates were valid when the channel was opened} */
    Duration validity() {
        return validity;
    }

    /** The peer has said which running node it is. */
    void isOf(String node) {
        instance = node;
    }

    /**
     * {@return the other certificates by which the peer has proved on other channels that it is a member, those of the
     * newest channel first} It is the same peer if it has the same name and is the same running node; if one of the
     * channels does not say which node it is, if it has the same address.
     *
     * @param others the open channels of this node, the oldest first
     */
    List<List<X509Certificate>> otherChains(Iterable<SecureChannel> others) {
        List<List<X509Certificate>> found = new ArrayList<>();
        if (!newerChain.isEmpty()) {
            found.add(newerChain);
        }
        for (SecureChannel each : others) {
            if (each.channel.isOpen() && each.isOfSameNode(this) && !each.chain.equals(chain)) {
                found.remove(each.chain);
                found.add(each.chain);
            }
        }
        Collections.reverse(found);
        return found.subList(0, Math.min(found.size(), MAX_OTHER_CHAINS));
    }

    /** The peer is still a member by the certificates of another channel, which may close. */
    void isProvedBy(List<X509Certificate> newer) {
        newerChain = newer;
    }

    private boolean isOfSameNode(SecureChannel other) {
        boolean sameNode = instance.isEmpty() || other.instance.isEmpty()
                ? remote().getAddress().equals(other.remote().getAddress())
                : instance.equals(other.instance);
        return sameNode && peer().nodeName().equals(other.peer().nodeName());
    }

    /**
     * The peer's certificate has expired, but the peer has a newer one: what is under way may go on for a while.
     *
     * @param nanos for how long; if it is called again, the first time counts
     */
    void outlive(long nanos) {
        if (outliving == null && channel.isOpen()) {
            outliving = loop.wakeAt(
                    loop.nanoTime() + nanos,
                    () -> fail(new IOException("the certificate that " + peer().nodeName()
                            + " has shown on this connection expired "
                            + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s ago")));
        }
    }

    /** {@return whether the peer's certificate has expired} Then it carries only what is under way. */
    boolean hasOutlived() {
        return outliving != null;
    }

    InetSocketAddress remote() {
        return remote != null ? remote : InetSocketAddress.createUnresolved("unknown", 0);
    }

    /** {@return the address of the peer, for messages to people} */
    String remoteText() {
        String known = remoteText;
        if (known == null) {
            known = AddressText.onThisHost(remote());
            remoteText = known;
        }
        return known;
    }

    InetSocketAddress local() {
        InetSocketAddress known = local != null ? local : (InetSocketAddress) channel.localAddress();
        return known != null ? known : InetSocketAddress.createUnresolved("unknown", 0);
    }

    /** {@return the time on the loop's clock at which something arrived last} */
    long lastRead() {
        return lastRead;
    }

    /**
     * {@return why the channel has closed, if it was not the transport or the peer: the peer was refused or has refused
     * this node, or the link was lost}
     */
    @Nullable
    Throwable reason() {
        return refusal != null ? refusal : failure;
    }

    /** Ends our direction, in TLS; the other remains open if TLS 1.3 of the JDK is used. */
    @SuppressWarnings("FutureReturnValueIgnored") // the channel reports its end
    void endOutput() {
        tls.closeOutbound();
    }

    /** {@return whether it is closed, or about to be because of a failure} */
    boolean isEnding() {
        return reason() != null || !channel.isOpen();
    }

    /** Resets the connection. */
    void abort() {
        reset(channel, tls);
    }

    /**
     * {@return whether this node computes for the handshake, or checks the peer's certificate} Not while it waits for
     * what others say about revocation.
     */
    boolean isComputed() {
        return tasks.isAwaited() || isChecked && !decided;
    }

    /** Resets the connection before the handshake is complete, unless the peer has been refused already. */
    void giveUp(PeerRefusedException why) {
        refuseNow(why);
        abort();
    }

    /** Ends the connection because the peer is no longer a member. */
    void refuse(PeerRefusedException why) {
        if (refusal == null) {
            refusal = why;
        }
        fail(why);
    }

    /** Ends the connection because of a failure of something else. */
    void fail(Throwable why) {
        if (failure == null) {
            failure = why;
        }
        channel.pipeline().context(this).fireExceptionCaught(why);
        abort();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the channel reports its end
    static void reset(Channel channel, @Nullable SslHandler tls) {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException closedByPeer) {
            // nothing is left to reset
        }
        ChannelHandlerContext around = tls == null ? null : channel.pipeline().context(tls);
        if (around == null) {
            channel.close();
        } else {
            around.close(); // not through TLS, which would write and wait
        }
    }

    /** Lets handlers that have been added behind this one receive everything. */
    void use() {
        used = true;
        for (Runnable each = held.poll(); each != null; each = held.poll()) {
            each.run();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastRead = loop.nanoTime();
        if (used) {
            ctx.fireChannelRead(message);
        } else if (refusal != null || !channel.isOpen()) { // nothing releases what is held after the close
            ReferenceCountUtil.release(message);
        } else {
            held.add(new HeldRead(ctx, message));
        }
    }

    private record HeldRead(ChannelHandlerContext ctx, Object message) implements Runnable {
        @Override
        public void run() {
            ctx.fireChannelRead(message);
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            if (done.isSuccess()) {
                handshaken();
            } else if (!endsLoop(done.cause())) {
                refuseNow(refusalBy(done.cause()));
            }
        } else if (event instanceof SslCloseCompletionEvent || event instanceof ChannelInputShutdownEvent) {
            if (used) {
                ctx.fireUserEventTriggered(event);
            } else if (!decided && chain.isEmpty()) {
                inputEnded = true;
                giveUpWithoutInput();
            } else {
                held.add(() -> ctx.fireUserEventTriggered(event));
            }
        }
    }

    /**
     * Gives up a handshake whose input has ended, unless the TLS handler has not taken all of it yet: that may say
     * more, for example that the peer has no certificate.
     */
    void giveUpWithoutInput() {
        if (inputEnded && !decided && chain.isEmpty() && !tasks.isAwaited()) {
            refuseNow(PeerRefusedException.of(new IOException("the peer ended its direction")));
            abort();
        }
    }

    private void handshaken() {
        local = (InetSocketAddress) channel.localAddress();
        try {
            chain = certificates(tls.engine().getSession().getPeerCertificates());
            Certificate[] shown = tls.engine().getSession().getLocalCertificates();
            own = shown == null || shown.length == 0 ? null : (X509Certificate) shown[0];
        } catch (SSLPeerUnverifiedException e) {
            refuseNow(PeerRefusedException.of(e));
            return;
        }
        checkedAt = loop.nanoTime();
        deciding = loop.wakeAt(
                loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(tls.getHandshakeTimeoutMillis()),
                () -> refuseNow(new PeerRefusedException(
                        PeerRefusal.HANDSHAKE_TIMEOUT, "the peer's certificate could not be checked in time")));
        try {
            checks.execute(() -> {
                try {
                    identity.whenRevocationIsKnown(chain, () -> onLoop(loop, this::checkNow));
                } catch (Throwable thrown) {
                    onLoop(loop, () -> checked(Check.failed(loop, thrown)));
                }
            });
        } catch (RejectedExecutionException closing) {
            // the channels are being closed
        }
    }

    private static List<X509Certificate> certificates(Certificate[] of) {
        List<X509Certificate> all = new ArrayList<>(of.length);
        for (Certificate each : of) {
            all.add((X509Certificate) each);
        }
        return List.copyOf(all);
    }

    /**
     * The result of a check: one of the first two.
     *
     * @param remaining how long the certificates remain valid; zero if the peer is refused
     */
    record Check(@Nullable PeerIdentity peer, @Nullable PeerRefusedException refused, Duration remaining) {
        /** {@return that of a check that has thrown; called on the loop, which ends if the machine has failed} */
        static Check failed(NettyLoop loop, @Nullable Throwable thrown) {
            if (isOfMachine(thrown)) {
                loop.failsBy(thrown);
            }
            return new Check(
                    null,
                    new PeerRefusedException(
                            PeerRefusal.TLS_FAILURE, "the peer's certificate cannot be checked: " + thrown),
                    Duration.ZERO);
        }
    }

    /** Checks certificates off the loop. */
    static void check(
            NodeIdentity identity,
            Executor checks,
            NettyLoop loop,
            List<X509Certificate> chain,
            Consumer<Check> result) {
        try {
            checks.execute(() -> {
                Throwable thrown = null;
                Check check = null;
                try {
                    check = new Check(identity.check(chain), null, identity.remaining(chain));
                } catch (MembershipException e) {
                    check = new Check(null, PeerRefusedException.of(e), Duration.ZERO);
                } catch (Throwable e) {
                    thrown = e;
                }
                Check done = check;
                Throwable failed = thrown;
                onLoop(loop, () -> result.accept(done != null ? done : Check.failed(loop, failed)));
            });
        } catch (RejectedExecutionException closing) {
            // the channels are being closed
        }
    }

    private void checkNow() {
        isChecked = true;
        check(identity, checks, loop, chain, this::checked);
    }

    private static void onLoop(NettyLoop loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            // with all its channels
        }
    }

    private void checked(Check check) {
        if (decided || !channel.isOpen()) {
            return; // if it has closed meanwhile, what TLS has still read says why
        }
        PeerIdentity found = check.peer();
        if (found == null) {
            refuseNow(
                    check.refused() != null
                            ? check.refused()
                            : new PeerRefusedException(PeerRefusal.TLS_FAILURE, "the peer was not checked"));
            return;
        }
        decided();
        peer = found;
        validity = check.remaining();
        if (channel.isOpen()) {
            channel.config().setAutoRead(true); // before there is a receiver, because that may turn it off
        }
        loop.run(() -> outcome.open(this));
    }

    private void decided() {
        decided = true;
        if (deciding != null) {
            deciding.cancel();
        }
    }

    private void refuseNow(PeerRefusedException why) {
        if (decided || !connected) {
            return;
        }
        decided();
        refusal = why;
        releaseHeld();
        loop.run(() -> outcome.failed(remote(), why));
        if (!channel.isOpen()
                || why.reason() == PeerRefusal.NOT_TLS
                || tls.handshakeFuture().isSuccess()) {
            abort();
        } else { // TLS sends its alert and closes
            alerting = loop.wakeAt(loop.nanoTime() + closeNanos, this::abort);
        }
    }

    private void releaseHeld() {
        for (Runnable each = held.poll(); each != null; each = held.poll()) {
            if (each instanceof HeldRead read) {
                ReferenceCountUtil.release(read.message());
            }
        }
    }

    private boolean endsLoop(Throwable cause) {
        return errorOfInput(cause) == null && loop.failsBy(cause);
    }

    /**
     * {@return the error of the Java platform by which TLS could not process what the peer has sent} A stack that
     * overflows is empty again when the error arrives here, and may have left classes without their initialization.
     */
    private static @Nullable Throwable errorOfInput(Throwable cause) {
        if (isOfMachine(cause)) {
            return null;
        }
        Throwable each = cause;
        for (int depth = 0; each != null && depth < MAX_CAUSES; depth++, each = each.getCause()) {
            if (each instanceof StackOverflowError || each instanceof LinkageError) {
                return each;
            }
        }
        return null;
    }

    /** {@return whether the virtual machine has failed, for example for lack of memory; not by a stack overflow} */
    static boolean isOfMachine(@Nullable Throwable thrown) {
        Throwable each = thrown;
        for (int depth = 0; each != null && depth < MAX_CAUSES; depth++, each = each.getCause()) {
            if (each instanceof VirtualMachineError && !(each instanceof StackOverflowError)) {
                return true;
            }
        }
        return false;
    }

    /** {@return what a failure of TLS means} Without an error as its cause, which would end the loop. */
    private static PeerRefusedException refusalBy(Throwable cause) {
        Throwable error = errorOfInput(cause);
        return error == null
                ? PeerRefusedException.of(cause)
                : new PeerRefusedException(
                        PeerRefusal.TLS_FAILURE, "TLS cannot process what the peer has sent: " + error);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (endsLoop(cause)) {
            return;
        }
        boolean isErrorOfInput = errorOfInput(cause) != null;
        PeerRefusedException why = refusalBy(cause);
        if (!decided) {
            refuseNow(why);
        } else {
            if (refusal == null && why.reason() != PeerRefusal.HANDSHAKE_ABORTED) {
                refusal = why;
                loop.run(() -> outcome.failedLater(remote(), why));
            }
            if (used) {
                ctx.fireExceptionCaught(isErrorOfInput ? why : cause);
            }
        }
        if (isErrorOfInput) {
            abort(); // TLS has lost its place in the input
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        refuseNow(PeerRefusedException.of(new ClosedChannelException()));
        ctx.fireChannelInactive();
    }

    private void gone() {
        if (deciding != null) {
            deciding.cancel();
        }
        if (alerting != null) {
            alerting.cancel();
        }
        if (outliving != null) {
            outliving.cancel();
        }
        releaseHeld();
        loop.run(closed);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        connected = true;
        ctx.fireChannelActive();
    }
}
