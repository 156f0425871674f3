package io.grasp.substrate.sim;

import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node of a simulated network, as the substrate of one GRASP instance. It is on as many links as it was connected
 * to, also on none. A closed node stays in the network as a host that forwards for others but accepts nothing, and can
 * be started again.
 *
 * <p>A node that has {@linkplain #crash crashed} or {@linkplain #suspend sleeps} neither answers nor forwards.
 *
 * <p>What the SPI wants called on the loop is refused elsewhere with an {@link IllegalStateException}; everything else
 * may also be called while the loop does not run.
 */
public final class SimNode implements Substrate {
    private static final int FIRST_PORT = 10_000;

    private final SimNetwork network;
    private final String name;
    private final int number;
    private final NodeClock clock;
    private final Map<Integer, Attachment> attachments = new LinkedHashMap<>(4);
    private final NodeConnections connections;
    private final NodeProcessor host;
    private volatile NodeLoop life;
    private List<NodeAddress> nodeAddresses = List.of();
    private List<InetAddress> addresses = List.of();
    private boolean haveLinks;
    private Security security = Security.SECURED;
    private State state = State.NEW;
    private int group;
    private @Nullable SubstrateListener listener;
    private int lastIndex;

    private enum State {
        NEW,
        STARTING,
        RUNNING,
        CLOSING,
        CLOSED,
        CRASHED
    }

    SimNode(SimNetwork network, String name, int number) {
        this.network = network;
        this.name = name;
        this.number = number;
        this.clock = new NodeClock(network.loop().nanoTime());
        this.life = new NodeLoop(name, network.loop(), clock);
        this.host = new NodeProcessor(network);
        this.connections = new NodeConnections(network);
        addAddress(SimAddresses.uniqueLocal(number));
    }

    /** {@return the node's name, unique in the network} */
    public String name() {
        return name;
    }

    /**
     * The node's own view of the network's loop, with its own clock. It runs nothing while the node sleeps, and is shut
     * down when the node crashes; from then on this method returns another, for the node's next instance.
     *
     * @return the view
     */
    @Override
    public Loop loop() {
        return life;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A node that has been closed, or has crashed, is started anew by this. It has the same addresses, port and
     * links.
     *
     * @throws IllegalStateException if it is running or being closed
     */
    @Override
    public void start(SubstrateListener newListener, Completion started) {
        Loops.requireInLoop(life);
        if (state == State.STARTING || state == State.RUNNING || state == State.CLOSING) {
            throw new IllegalStateException(name + " is " + state.name().toLowerCase(Locale.ROOT));
        }
        listener = Objects.requireNonNull(newListener, "listener");
        state = State.STARTING;
        life.execute(() -> {
            if (state == State.STARTING) {
                state = State.RUNNING;
                network.observers().tell(Kind.STARTED, name, "", "");
                List.copyOf(attachments.values()).forEach(Attachment::raise);
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
    public List<NodeAddress> nodeAddresses() {
        return haveLinks ? nodeAddresses.stream().filter(this::isUsable).toList() : nodeAddresses;
    }

    private boolean isUsable(NodeAddress each) {
        Attachment on = attachments.get(each.linkIndex());
        return each.linkIndex() == 0 || on != null && on.isUp();
    }

    /** {@return the node's addresses that are valid beyond one link, in the order in which it got them} */
    public List<InetAddress> addresses() {
        return addresses;
    }

    private void setAddresses(List<NodeAddress> changed) {
        nodeAddresses = changed;
        addresses = changed.stream().map(NodeAddress::address).toList();
        haveLinks = changed.stream().anyMatch(each -> each.linkIndex() != 0);
    }

    /**
     * Gives the node another address, which stands on no link, as that of a loopback interface. A connection shows the
     * first one of its IP version to the peer.
     *
     * @param address an address valid beyond one link, that no other node has
     * @throws IllegalArgumentException if another node has it
     */
    public void addAddress(InetAddress address) {
        addAddress(new NodeAddress(address, 0, false, false));
    }

    /**
     * Gives the node another address, as one of the interface to a link, deprecated or temporary.
     *
     * @param address an address valid beyond one link, that no other node has
     * @throws IllegalArgumentException if another node has it
     */
    public void addAddress(NodeAddress address) {
        network.own(address.address(), this);
        setAddresses(Stream.concat(nodeAddresses.stream(), Stream.of(address)).toList());
    }

    /**
     * Takes an address from the node; a node without any is reached by its link-local addresses only. The connections
     * that have it end with a failure at this node, as its substrate notices; a peer finds out when it sends something.
     *
     * @param address one of its addresses
     */
    public void removeAddress(InetAddress address) {
        network.disown(address, this);
        setAddresses(nodeAddresses.stream()
                .filter(own -> !own.address().equals(address))
                .toList());
        connections.lost(address);
    }

    /**
     * Gives the node another address in the place of one that it has.
     *
     * @param from one of its addresses, which is taken from it as by {@link #removeAddress}
     * @param to an address as for {@link #addAddress}
     */
    public void renumber(InetAddress from, InetAddress to) {
        addAddress(to);
        removeAddress(from);
    }

    @Override
    public Set<Integer> holders(InetAddress address) {
        return nodeAddresses.stream()
                .filter(each -> each.address().equals(address))
                .map(NodeAddress::linkIndex)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public int port() {
        return FIRST_PORT + number;
    }

    @Override
    public Connection connect(Locator locator, int linkIndex, ConnectionListener connectionListener) {
        Loops.requireInLoop(life);
        if (locator instanceof Locator.Fqdn name && resolvesNames()) {
            return NameTable.connect(this, name, connectionListener);
        }
        InetSocketAddress remote = ResolvedPeer.remote(locator, linkIndex);
        SimConnection connection;
        try {
            if (!isRunning()) {
                throw closedFailure();
            }
            ResolvedPeer dialing = ResolvedPeer.resolve(this, locator, linkIndex);
            connection = SimConnection.open(this, remote, dialing, connectionListener);
        } catch (IOException e) {
            connection = SimConnection.fail(this, remote, e, connectionListener);
        }
        if (state != State.CRASHED) {
            connections.add(connection);
        }
        return connection;
    }

    /** {@inheritDoc} It does if the network has {@linkplain SimNetwork#name names}. */
    @Override
    public boolean resolvesNames() {
        return !network.names().isEmpty();
    }

    /** {@inheritDoc} Open connections are closed in good order. The node can be started again once this is told. */
    @Override
    public void close(Completion closed) {
        Loops.requireInLoop(life);
        if (state == State.CLOSED || state == State.CLOSING) {
            life.execute(() -> closed.done(null));
            return;
        }
        state = State.CLOSING;
        attachments.values().forEach(Attachment::lower);
        connections.shutDown();
        life.execute(() -> {
            state = State.CLOSED;
            network.observers().tell(Kind.CLOSED, name, "", "");
            closed.done(null);
        });
    }

    /**
     * Crashes the node: everything that it has in memory is gone at once, and nobody is told, neither its own listeners
     * nor its peers, who find out when what they send is not answered. Its loop is shut down. The node is silent until
     * it is {@linkplain #start started} again; from then on it answers what belongs to former connections with a
     * reset. Does nothing if it has crashed already.
     */
    public void crash() {
        if (state == State.CRASHED) {
            return;
        }
        state = State.CRASHED;
        listener = null;
        host.reset();
        life.kill();
        life = new NodeLoop(name, network.loop(), clock);
        attachments.values().forEach(Attachment::lower);
        connections.vanish();
        network.observers().tell(Kind.CRASHED, name, "", "");
    }

    /**
     * Sends the node to sleep with everything that it has in memory: it runs nothing and hears nothing, so that peers
     * send again what they sent on connections. Its clock goes on. Does nothing if it sleeps or has crashed.
     */
    public void suspend() {
        if (isAwake()) {
            host.sleep();
            life.sleep();
            network.observers().tell(Kind.SUSPENDED, name, "", "");
        }
    }

    /** Wakes the node up: what it was about to do comes first, then its timers that are overdue. */
    public void resume() {
        if (host.isAsleep()) {
            network.observers().tell(Kind.RESUMED, name, "", "");
            life.wake();
            host.wake();
        }
    }

    /**
     * Makes the node slow: each message, and each piece of a connection, that reaches it takes that long before the
     * node is told of it, one after the other.
     *
     * @param time how long, from now on; 0 at first
     * @throws IllegalArgumentException if it is negative
     */
    public void setProcessingTime(Duration time) {
        host.setProcessingTime(time);
    }

    /**
     * Sets the node's clock, which is what its {@link #loop} shows and its timers run by. It never goes back: where the
     * offset would take it back, it goes on from where it is. A crash does not change it.
     *
     * @param offset how far it is ahead of the network's loop now
     * @param rate how much faster it runs than that from now on, from 0.001 to 1000; 1.0 is true
     * @throws IllegalArgumentException if the rate is out of its range
     */
    public void setClock(Duration offset, double rate) {
        clock.set(network.loop().nanoTime(), offset.toNanos(), rate);
        life.rearm();
    }

    /** {@return how many connections of this node have not been told that they are closed} */
    public int openConnections() {
        return connections.size();
    }

    /** {@return whether the substrate has been started, and not been closed nor crashed since} */
    public boolean isRunning() {
        return state == State.RUNNING;
    }

    boolean hasCrashed() {
        return state == State.CRASHED;
    }

    /** {@return whether the node has neither crashed nor sleeps} */
    public boolean isAwake() {
        return state != State.CRASHED && !host.isAsleep();
    }

    SimNetwork network() {
        return network;
    }

    NodeLoop life() {
        return life;
    }

    int number() {
        return number;
    }

    int group() {
        return group;
    }

    void setGroup(int newGroup) {
        group = newGroup;
    }

    Collection<Attachment> attachments() {
        return attachments.values();
    }

    @Nullable
    Attachment attachment(int index) {
        return attachments.get(index);
    }

    void attachTo(SimLink link) {
        Attachment attachment = new Attachment(this, link, ++lastIndex);
        attachments.put(attachment.index(), attachment);
        link.add(attachment);
        raise(attachment);
    }

    /** Tells of a link that can be used; one that starts does so for all its links by itself. */
    void raise(Attachment attachment) {
        if (isRunning()) {
            life.execute(attachment::raise);
        }
    }

    void detach(Attachment attachment) {
        attachments.remove(attachment.index());
        attachment.link().remove(attachment);
        attachment.detach();
    }

    /** {@return whether a connection is accepted; one that is refused for its address is reported} */
    boolean accepts(InetAddress local, int port) {
        if (!isRunning() || port != port()) {
            return false;
        }
        boolean served = listener().serves(local);
        if (!served) {
            tell(to -> to.dropped(SubstrateDrop.NOT_SERVED));
        }
        return served;
    }

    ConnectionListener accept(SimConnection connection) {
        connections.add(connection);
        return listener().accepted(connection);
    }

    SubstrateListener listener() {
        return Objects.requireNonNull(listener, "not started");
    }

    /** Tells the listener, on a later turn and if the node still runs then. */
    void tell(Consumer<SubstrateListener> event) {
        life.execute(() -> {
            if (isRunning()) {
                event.accept(listener());
            }
        });
    }

    NodeProcessor host() {
        return host;
    }

    NodeConnections connections() {
        return connections;
    }

    /** Has the node take something that has reached it, when it has done with what came before. */
    void process(Runnable delivery) {
        host.process(life, delivery);
    }

    private IOException closedFailure() {
        return new IOException("the substrate of " + name + (state == State.NEW ? " has not started" : " is closed"));
    }

    @Override
    public String toString() {
        return name;
    }
}
