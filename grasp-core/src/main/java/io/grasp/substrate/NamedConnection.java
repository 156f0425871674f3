package io.grasp.substrate;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.PeerIdentity;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a host known by name, for substrates that resolve names. It tries the name's addresses in order and
 * uses the first one that can be reached. Addresses that {@linkplain SubstrateListener#isPeer cannot be a peer's} are
 * skipped.
 *
 * <pre>
 *             addresses           opened                    closed
 *  RESOLVING -----------> TRYING --------------> OPEN ---------------------> ENDED
 *      |                  |    ^ next address                                  ^
 *      |                  '----'                                               |
 *      '- no address, given up ------ none reached, given up ------------------'
 * </pre>
 */
public final class NamedConnection implements Connection {
    private final Loop loop;
    private final InetSocketAddress named;
    private final Predicate<InetSocketAddress> isPeer;
    private final Dialer dialer;
    private final ConnectionListener listener;
    private final Consumer<NamedConnection> gone;
    private final Queue<Unsent> unsent = new ArrayDeque<>(1);
    private final Queue<InetAddress> untried = new ArrayDeque<>();
    private Runnable stopResolving = () -> {};
    private @Nullable Connection inner;
    private boolean reading = true;
    private boolean open;
    private boolean closing;
    private boolean givenUp;
    private boolean ended;
    private @Nullable Throwable ending;

    /** Of the address that was tried last. */
    private @Nullable Throwable lastFailure;

    private NamedConnection(
            Loop loop,
            InetSocketAddress named,
            Predicate<InetSocketAddress> isPeer,
            Dialer dialer,
            ConnectionListener listener,
            Consumer<NamedConnection> gone) {
        this.loop = loop;
        this.named = named;
        this.isPeer = isPeer;
        this.dialer = dialer;
        this.listener = listener;
        this.gone = gone;
    }

    /** Resolves names. */
    @FunctionalInterface
    public interface NameResolver {
        /**
         * Looks up the addresses of a name.
         *
         * @param name the name
         * @param answer called once, on a later turn of the loop; after the search was stopped, a call has no effect
         * @return stops the search; called on the loop
         */
        Runnable resolve(String name, Answer answer);
    }

    /** Receives the addresses of a name. */
    @FunctionalInterface
    public interface Answer {
        /**
         * The search has ended.
         *
         * @param addresses the addresses found, in the order in which to try them
         * @param failure the reason why none was found, or {@code null}
         */
        void found(Iterable<InetAddress> addresses, @Nullable Throwable failure);
    }

    /** Opens connections to addresses. */
    @FunctionalInterface
    public interface Dialer {
        /**
         * Opens a connection, as {@link Substrate#connect} does.
         *
         * @param remote the address and port
         * @param listener receives the events of the connection
         * @return the connection
         */
        Connection connect(InetSocketAddress remote, ConnectionListener listener);
    }

    /**
     * Begins to open a connection.
     *
     * @param loop the substrate's loop
     * @param named the name and the port, unresolved
     * @param names resolves the name
     * @param isPeer decides which addresses are used, {@link SubstrateListener#isPeer}
     * @param dialer opens connections to the addresses
     * @param listener receives the events of the connection
     * @param gone called when the connection has ended, before the listener is notified
     * @return the connection
     */
    public static NamedConnection open(
            Loop loop,
            InetSocketAddress named,
            NameResolver names,
            Predicate<InetSocketAddress> isPeer,
            Dialer dialer,
            ConnectionListener listener,
            Consumer<NamedConnection> gone) {
        NamedConnection connection = new NamedConnection(loop, named, isPeer, dialer, listener, gone);
        connection.stopResolving = names.resolve(named.getHostString(), connection::resolved);
        return connection;
    }

    private void resolved(Iterable<InetAddress> addresses, @Nullable Throwable failure) {
        stopResolving = () -> {};
        if (ended || givenUp) {
            return;
        }
        for (InetAddress address : addresses) {
            if (isPeer.test(new InetSocketAddress(address, named.getPort()))) {
                untried.add(address);
            }
        }
        tryNext(
                failure != null
                        ? failure
                        : GraspException.local(
                                GraspErrorCode.INVALID_LOCATOR,
                                named.getHostString() + " has no address that is valid beyond one link"));
    }

    private void tryNext(Throwable failure) {
        InetAddress next = untried.poll();
        if (next == null) {
            end(failure);
        } else {
            Connection trying = dialer.connect(new InetSocketAddress(next, named.getPort()), new FromInner());
            if (!reading) {
                trying.reading(false);
            }
            inner = trying;
        }
    }

    @Override
    public InetSocketAddress remote() {
        return open && inner != null ? inner.remote() : named;
    }

    @Override
    public @Nullable PeerIdentity peerIdentity() {
        return open && inner != null ? inner.peerIdentity() : null;
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        if (closing) {
            flushed.done(whyClosed());
        } else if (open && inner != null) {
            inner.send(bytes, flushed);
        } else {
            unsent.add(new Unsent(bytes, flushed));
        }
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (inner != null) {
            inner.reading(on);
        }
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        if (open && inner != null) {
            inner.close();
        } else if (unsent.isEmpty()) {
            giveUp();
        }
    }

    @Override
    public void abort() {
        closing = true;
        giveUp();
    }

    /** The substrate is being closed: closes an open connection gracefully, abandons one that is not open. */
    public void shutDown() {
        if (open) {
            close();
        } else {
            abort();
        }
    }

    private void giveUp() {
        givenUp = true;
        untried.clear();
        stopResolving.run();
        if (inner != null) {
            inner.abort();
        } else {
            loop.execute(() -> end(null));
        }
    }

    private void end(@Nullable Throwable failure) {
        if (ended) {
            return;
        }
        ended = true;
        closing = true;
        ending = failure;
        for (Unsent each = unsent.poll(); each != null; each = unsent.poll()) {
            each.flushed.done(whyClosed());
        }
        gone.accept(this);
        listener.closed(failure);
    }

    private Throwable whyClosed() {
        return ending != null ? ending : new IOException("the connection to " + AddressText.of(named) + " is closed");
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Unsent(byte[] bytes, Completion flushed) {}

    /** Receives the events of the connection to one address. */
    private final class FromInner implements ConnectionListener {
        @Override
        public void opened() {
            open = true;
            Connection to = inner;
            if (to != null) {
                for (Unsent each = unsent.poll(); each != null; each = unsent.poll()) {
                    to.send(each.bytes, each.flushed);
                }
                if (closing) {
                    to.close();
                }
            }
            listener.opened();
        }

        @Override
        public void received(byte[] bytes) {
            listener.received(bytes);
        }

        @Override
        public void inputEnded() {
            listener.inputEnded();
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            if (open || givenUp || failure == null) {
                end(failure);
            } else {
                inner = null;
                if (lastFailure != null && lastFailure != failure) {
                    failure.addSuppressed(lastFailure); // which has those of the addresses before it
                }
                lastFailure = failure;
                tryNext(failure);
            }
        }
    }
}
