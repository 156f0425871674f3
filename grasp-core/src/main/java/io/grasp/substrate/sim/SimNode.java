package io.grasp.substrate.sim;

import io.grasp.model.Locator;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Security;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of a simulated network, as the substrate of one GRASP instance. It is on as many links as it was connected
 * to, also on none. A closed node stays in the network as a host that forwards for others but accepts nothing.
 *
 * <p>What the SPI wants called on the loop is refused elsewhere with an {@link IllegalStateException}; everything else
 * may also be called while the loop does not run.
 */
public final class SimNode implements Substrate {
    private static final int FIRST_PORT = 10_000;
    private static final int FIRST_EPHEMERAL_PORT = 0xC000;

    private final SimNetwork network;
    private final String name;
    private final int number;
    private final List<InetAddress> addresses = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private final Set<SimConnection> connections = new LinkedHashSet<>();
    private Security security = Security.SECURED;
    private State state = State.NEW;
    private @Nullable SubstrateListener listener;
    private int lastIndex;
    private int dialed;

    private enum State {
        NEW,
        STARTING,
        RUNNING,
        CLOSED
    }

    SimNode(SimNetwork network, String name, int number) {
        this.network = network;
        this.name = name;
        this.number = number;
        addresses.add(SimAddresses.uniqueLocal(number));
    }

    /** {@return the node's name, unique in the network} */
    public String name() {
        return name;
    }

    @Override
    public Loop loop() {
        return network.loop();
    }

    @Override
    public void start(SubstrateListener newListener, Completion started) {
        Loops.requireInLoop(loop());
        if (state != State.NEW) {
            throw new IllegalStateException(name + " has been started or closed already");
        }
        listener = Objects.requireNonNull(newListener, "listener");
        state = State.STARTING;
        loop().execute(() -> {
            if (state == State.STARTING) {
                state = State.RUNNING;
                List.copyOf(attachments).forEach(Attachment::raise);
            }
            started.done(isRunning() ? null : closedFailure());
        });
    }

    @Override
    public Security security() {
        return security;
    }

    /**
     * Changes the protection of the links, which is {@link Security#SECURED} at first, and tells it.
     *
     * @param newSecurity what it is now
     */
    public void setSecurity(Security newSecurity) {
        if (security != newSecurity) {
            security = newSecurity;
            tell(to -> to.securityChanged(newSecurity));
        }
    }

    @Override
    public List<InetAddress> addresses() {
        return List.copyOf(addresses);
    }

    /**
     * Gives the node another address. A connection shows the first one of its IP version to the peer.
     *
     * @param address an address valid beyond one link, that no other node has
     */
    public void addAddress(InetAddress address) {
        addresses.add(address);
    }

    /**
     * Takes an address from the node; a node without any is reached by its link-local addresses only. Open connections
     * stay.
     *
     * @param address one of its addresses
     */
    public void removeAddress(InetAddress address) {
        addresses.remove(address);
    }

    @Override
    public int port() {
        return FIRST_PORT + number;
    }

    @Override
    public Connection connect(Locator locator, int linkIndex, ConnectionListener connectionListener) {
        Loops.requireInLoop(loop());
        InetSocketAddress remote = Dialing.remote(locator, linkIndex);
        SimConnection connection;
        try {
            if (!isRunning()) {
                throw closedFailure();
            }
            Dialing dialing = Dialing.resolve(this, locator, linkIndex);
            connection = SimConnection.open(this, remote, dialing, connectionListener);
        } catch (IOException e) {
            connection = SimConnection.fail(this, remote, e, connectionListener);
        }
        connections.add(connection);
        return connection;
    }

    /** {@inheritDoc} Open connections are closed in good order. */
    @Override
    public void close(Completion closed) {
        Loops.requireInLoop(loop());
        state = State.CLOSED;
        attachments.forEach(Attachment::lower);
        List.copyOf(connections).forEach(SimConnection::shutDown);
        loop().execute(() -> closed.done(null));
    }

    /** {@return how many connections of this node have not been told that they are closed} */
    public int openConnections() {
        return connections.size();
    }

    SimNetwork network() {
        return network;
    }

    int number() {
        return number;
    }

    List<Attachment> attachments() {
        return attachments;
    }

    @Nullable
    Attachment attachmentTo(SimLink link) {
        return attachments.stream()
                .filter(attachment -> attachment.link() == link)
                .findFirst()
                .orElse(null);
    }

    void attachTo(SimLink link) {
        Attachment attachment = new Attachment(this, link, ++lastIndex);
        attachments.add(attachment);
        link.add(attachment);
        loop().execute(attachment::raise);
    }

    void detach(Attachment attachment) {
        attachments.remove(attachment);
        attachment.link().remove(attachment);
        attachment.detach();
    }

    void sever(Attachment attachment) {
        for (SimConnection connection : List.copyOf(connections)) {
            if (connection.runsOver(attachment)) {
                connection.sever(new IOException("link down at " + attachment));
            }
        }
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    boolean accepts(int port) {
        return isRunning() && port == port();
    }

    ConnectionListener accept(SimConnection connection) {
        connections.add(connection);
        return listener().accepted(connection);
    }

    void forget(SimConnection connection) {
        connections.remove(connection);
    }

    int nextEphemeralPort() {
        return FIRST_EPHEMERAL_PORT + dialed++ % (Locator.MAX_PORT + 1 - FIRST_EPHEMERAL_PORT);
    }

    SubstrateListener listener() {
        return Objects.requireNonNull(listener, "not started");
    }

    /** Tells the listener, on a later turn and if the node still runs then. */
    void tell(Consumer<SubstrateListener> event) {
        loop().execute(() -> {
            if (isRunning()) {
                event.accept(listener());
            }
        });
    }

    private IOException closedFailure() {
        return new IOException("the substrate of " + name + (state == State.NEW ? " has not started" : " is closed"));
    }

    @Override
    public String toString() {
        return name;
    }
}
