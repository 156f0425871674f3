package io.grasp.substrate.sim;

import io.grasp.model.AcpNodeName;
import io.grasp.model.Locator;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import io.grasp.substrate.NamedConnection;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.SimObserver.Purpose;
import io.grasp.substrate.sim.time.Loops;
import io.grasp.substrate.sim.time.NodeClock;
import io.grasp.substrate.sim.time.NodeLoop;
import io.grasp.substrate.sim.time.NodeProcessor;
import io.grasp.util.AddressText;
import io.grasp.util.NumberedList;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node of a simulated network, as the substrate of one GRASP instance. It can be on any number of links, including
 * none. A closed node stays in the network as a host that forwards for others but accepts nothing, and can be started
 * again.
 *
 * <p>A node that has {@linkplain #crash crashed} or is {@linkplain #suspend asleep} neither answers nor forwards.
 *
 * <p>Methods that the SPI requires to be called on the loop throw an {@link IllegalStateException} elsewhere; all
 * others may also be called while the loop does not run.
 */
public final class SimNode implements Substrate {
    private static final int FIRST_PORT = 10_001;
    /** The number of ports from the first one up to the ephemeral ones. */
    private static final int PORTS = 49_152 - FIRST_PORT;

    private final NetworkContext context;
    private final Map<InetAddress, SimNode> owners;
    private final String name;
    private final int number;
    private final NodeClock clock;
    private final NumberedList<Attachment> attachments = new NumberedList<>(Attachment::index);
    private int securedLinks;
    private final NodeConnections connections;
    private final NodeProcessor host;
    private volatile NodeLoop life;
    private List<NodeAddress> nodeAddresses = List.of();
    private List<InetAddress> addresses = List.of();
    /** The addresses that neighbors do not take for ones of their link. */
    private Set<InetAddress> behind = Set.of();
    /** The addresses at which attempts to connect are not answered. */
    private Set<InetAddress> silent = Set.of();

    private boolean haveLinks;
    private boolean keepsConnections;
    private Security security = Security.SECURED;
    private @Nullable Membership membership;
    private int certificates;
    private State state = State.NEW;
    private int group;
    private @Nullable SubstrateListener listener;
    private int lastIndex;

    /**
     * The states of the node.
     *
     * <pre>
     *   NEW, CLOSED, CRASHED --- start ---> STARTING --- the links are up ---> RUNNING
     *   STARTING, RUNNING --- close ---> CLOSING --- no connection is left ---> CLOSED
     *   any --- crash ---> CRASHED
     * </pre>
     */
    private enum State {
        NEW,
        STARTING,
        RUNNING,
        CLOSING,
        CLOSED,
        CRASHED
    }

    /** @param owners the nodes that have the addresses of the network; each node adds and removes its own */
    SimNode(NetworkContext context, Map<InetAddress, SimNode> owners, String name, int number) {
        this.context = context;
        this.owners = owners;
        this.name = name;
        this.number = number;
        this.clock = new NodeClock(context.timeline().loop().nanoTime());
        this.life = new NodeLoop(name, context.timeline().loop(), clock);
        this.host = new NodeProcessor(context.timeline());
        this.connections = new NodeConnections(context);
        addAddress(SimAddresses.uniqueLocal(number));
    }

    /** {@return the node's name, unique in the network} */
    public String name() {
        return name;
    }

    /**
     * The node's own view of the network's loop, with its own clock. It runs nothing while the node sleeps, and is shut
     * down when the node crashes; from then on this method returns a new one, for the node's next instance.
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
     * <p>This also starts a node again that has been closed or has crashed, with the same addresses, port and links.
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
                context.observers().publish(Kind.STARTED, name, "", "");
                if (usesIdentity()) {
                    listener().identityChanged(Membership.status(membership));
                }
                List.copyOf(attachments.all()).forEach(Attachment::raise);
            }
            started.done(isRunning() ? null : closedFailure());
        });
    }

    /** {@inheritDoc} On a {@linkplain LinkKind#isSecured() secured} link it is none without a good identity. */
    @Override
    public Security security() {
        return isOnSecuredLink() && !isMember() ? Security.NONE : security;
    }

    /**
     * Changes the protection of the links, which is initially {@link Security#SECURED}, and notifies the listener. On
     * secured links it takes a good identity too.
     *
     * @param newSecurity the new protection
     */
    public void setSecurity(Security newSecurity) {
        changeSecurity(() -> security = newSecurity);
    }

    private void changeSecurity(Runnable change) {
        Security before = security();
        change.run();
        Security after = security();
        if (after != before) {
            notifyLater(to -> to.securityChanged(after));
        }
    }

    /**
     * Gives the node a certificate, which no cryptography protects: it consists of a name and a made-up fingerprint. On
     * {@linkplain LinkKind#isSecured() secured} links, nodes accept each other if they have certificates of the same
     * domain. Setting the same name again renews the certificate: open connections keep the old one, new ones use the
     * new one. A name of another domain ends the authenticated connections.
     *
     * @param nodeName the name in the certificate
     */
    public void setIdentity(AcpNodeName nodeName) {
        Membership before = membership;
        Membership issued = Membership.issue(
                nodeName, number, ++certificates, context.timeline().now());
        changeMembership(issued);
        if (before != null && !before.domain().equals(issued.domain())) {
            connections.endAuthenticated("the node is now a member of " + issued.domain());
        }
    }

    /**
     * Removes the node's certificate, as if its files were lost. Its authenticated connections end, and on secured
     * links it is no longer protected.
     */
    public void removeIdentity() {
        changeMembership(null);
        connections.endAuthenticated("the node has no certificate any more");
    }

    /**
     * Revokes the node's certificate. All nodes know it at once: its authenticated connections end, at the peers with
     * {@link PeerRefusal#REVOKED}, and it can open and accept no others.
     *
     * @throws IllegalStateException if it has none
     */
    public void revokeIdentity() {
        Membership revoked = requireMembership().revoke();
        changeMembership(revoked);
        connections.refuseAuthenticated(PeerRefusal.REVOKED);
    }

    private Membership requireMembership() {
        if (membership == null) {
            throw new IllegalStateException(name + " has no certificate");
        }
        return membership;
    }

    private void changeMembership(@Nullable Membership changed) {
        changeSecurity(() -> membership = changed);
        if (usesIdentity()) {
            notifyLater(to -> to.identityChanged(Membership.status(changed)));
        }
    }

    /** {@return what the node's certificate says, also if it has been revoked; empty if it has none} */
    public Optional<PeerIdentity> identity() {
        return Optional.ofNullable(certificate());
    }

    @Nullable
    PeerIdentity certificate() {
        return membership == null ? null : membership.identity();
    }

    @Nullable
    Membership membership() {
        return membership;
    }

    private boolean usesIdentity() {
        return membership != null || isOnSecuredLink();
    }

    private boolean isOnSecuredLink() {
        return securedLinks > 0;
    }

    /** {@return whether the node can authenticate itself} */
    boolean isMember() {
        return membership != null && membership.isGood();
    }

    /** {@return why this node, if it is a member, does not accept a peer; {@code null} if it does} */
    @Nullable
    PeerRefusal refusal(SimNode peer) {
        return membership == null ? null : membership.refusal(peer.membership);
    }

    /**
     * {@return whether this node authenticates another one as a member of its domain} It reports one that it refuses.
     */
    boolean authenticates(SimNode peer, InetSocketAddress from) {
        if (!isMember()) {
            return false;
        }
        PeerRefusal reason = refusal(peer);
        if (reason != null) {
            reportRefused(reason, peer, from);
        }
        return reason == null;
    }

    /** Reports a peer that is not accepted. */
    void reportRefused(PeerRefusal reason, SimNode peer, InetSocketAddress from) {
        String detail = Membership.describe(reason, peer, peer.membership);
        notifyLater(to -> to.peerRefused(reason, from, null, detail));
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
     * Gives the node another address that is on no link, like an address of a loopback interface. A connection uses the
     * first address of its IP version as its source.
     *
     * @param address an address valid beyond one link that no other node has
     * @throws IllegalArgumentException if another node has it
     */
    public void addAddress(InetAddress address) {
        addAddress(new NodeAddress(address, 0, false, false));
    }

    /**
     * Gives the node another address, in a network behind it. It is reached as the others, but its neighbors do not
     * take it for one of their link.
     *
     * @param address an address valid beyond one link that no other node has
     * @throws IllegalArgumentException if another node has it
     */
    public void addAddressBehind(InetAddress address) {
        addAddress(address);
        behind = with(behind, address);
    }

    /**
     * Gives the node another address, at which attempts to connect are not answered, as if a packet filter discarded
     * them: the caller repeats its SYN until it gives up.
     *
     * @param address an address valid beyond one link that no other node has
     * @throws IllegalArgumentException if another node has it
     */
    public void addSilentAddress(InetAddress address) {
        addAddress(address);
        silent = with(silent, address);
    }

    private static Set<InetAddress> with(Set<InetAddress> set, InetAddress address) {
        return Stream.concat(set.stream(), Stream.of(address)).collect(Collectors.toUnmodifiableSet());
    }

    private static Set<InetAddress> without(Set<InetAddress> set, InetAddress address) {
        return set.stream().filter(each -> !each.equals(address)).collect(Collectors.toUnmodifiableSet());
    }

    /** {@return whether neighbors take an address of this node for one of their link} */
    boolean isOnLinks(InetAddress address) {
        return !behind.contains(address);
    }

    /** {@return whether attempts to connect to an address are not answered} */
    boolean isSilent(InetAddress address) {
        return silent.contains(address);
    }

    /**
     * Gives the node another address on the interface of a link, possibly deprecated or temporary.
     *
     * @param address an address valid beyond one link that no other node has
     * @throws IllegalArgumentException if another node has it
     */
    public void addAddress(NodeAddress address) {
        SimNode owner = owners.putIfAbsent(address.address(), this);
        if (owner != null && owner != this) {
            throw new IllegalArgumentException(address.address() + " belongs to " + owner + " already");
        }
        setAddresses(Stream.concat(nodeAddresses.stream(), Stream.of(address)).toList());
    }

    /**
     * Removes an address from the node; a node without addresses can be reached only by its link-local ones.
     * Connections with this address fail at this node, whose substrate notices; a peer notices when it next sends.
     *
     * @param address one of its addresses
     */
    public void removeAddress(InetAddress address) {
        owners.remove(address, this);
        behind = without(behind, address);
        silent = without(silent, address);
        setAddresses(nodeAddresses.stream()
                .filter(own -> !own.address().equals(address))
                .toList());
        connections.lost(address);
    }

    /**
     * Replaces one of the node's addresses.
     *
     * @param from one of its addresses, which is removed as by {@link #removeAddress}
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

    /** {@inheritDoc} A simulated host has one node. */
    @Override
    public boolean mayBeNode(int port) {
        return port == port();
    }

    @Override
    public boolean knowsBoundPorts() {
        return true;
    }

    @Override
    public int port() {
        return FIRST_PORT + (number - 1) % PORTS;
    }

    @Override
    public Connection connect(Locator locator, int linkIndex, ConnectionListener connectionListener) {
        Loops.requireInLoop(life);
        if (locator instanceof Locator.Fqdn name && resolvesNames()) {
            return connect(name, connectionListener);
        }
        return connect(locator, linkIndex, null, Purpose.SESSION, connectionListener);
    }

    /**
     * Opens a connection from one of the node's addresses; {@link #connect} uses the first one.
     *
     * @param own the address, valid beyond one link
     * @param locator an address valid beyond one link, and a port
     * @param connectionListener receives the events of the connection
     * @return the connection, as {@link #connect} returns it
     * @throws IllegalArgumentException if the node does not have the address
     */
    public Connection connectFrom(InetAddress own, Locator locator, ConnectionListener connectionListener) {
        Loops.requireInLoop(life);
        if (!addresses.contains(own)) {
            throw new IllegalArgumentException(name + " does not have the address " + AddressText.of(own));
        }
        return connect(locator, 0, own, Purpose.SESSION, connectionListener);
    }

    /** Opens a connection to the source of a datagram. */
    Connection reply(InetSocketAddress source, int linkIndex, Purpose purpose, ConnectionListener connectionListener) {
        Loops.requireInLoop(life);
        Locator locator = Locator.of(source.getAddress(), Locator.TCP, source.getPort());
        return connect(locator, linkIndex, null, purpose, connectionListener);
    }

    private Connection connect(
            Locator locator,
            int linkIndex,
            @Nullable InetAddress own,
            Purpose purpose,
            ConnectionListener connectionListener) {
        InetSocketAddress remote = ResolvedPeer.remote(locator, linkIndex);
        if (!remote.isUnresolved()) {
            context.observers().connecting(name, remote, purpose);
        }
        SimConnection connection;
        try {
            if (!isRunning()) {
                throw closedFailure();
            }
            ResolvedPeer dialing = ResolvedPeer.resolve(this, locator, linkIndex, own);
            connection = SimConnection.open(this, remote, dialing, connectionListener);
        } catch (IOException e) {
            connection = SimConnection.fail(this, remote, e, connectionListener);
        }
        if (state != State.CRASHED) {
            connections.add(connection);
        }
        return connection;
    }

    /**
     * Sends one message to one node, as a UDP datagram to GRASP_LISTEN_PORT (RFC 8990 section 2.8.4), from any source.
     * The receiver sees the source and replies to it. A datagram is lost like other packets on its path; if no node
     * that is running has the destination, it is lost too.
     *
     * @param to the destination; a link-local IPv6 address has the index of this node's link as scope
     * @param source the source that the receiver sees: an address and port of this node, or forged
     * @param message the message
     * @throws IllegalArgumentException if the source is not resolved
     */
    public void sendUnicast(InetAddress to, InetSocketAddress source, byte[] message) {
        Loops.requireInLoop(life);
        if (source.isUnresolved()) {
            throw new IllegalArgumentException("source " + source + " is not resolved");
        }
        UnicastDatagram.send(this, to, source, message);
    }

    /** Connects to a name's addresses, one after the other. */
    private Connection connect(Locator.Fqdn name, ConnectionListener connectionListener) {
        return NamedConnection.open(
                life,
                InetSocketAddress.createUnresolved(name.name(), name.port()),
                (host, answer) -> context.names().resolve(life, host, answer),
                resolved -> listener().isPeer(resolved),
                (remote, inner) -> connect(Locator.of(remote.getAddress(), Locator.TCP, remote.getPort()), 0, inner),
                connectionListener,
                gone -> {});
    }

    /** {@inheritDoc} It is true if the network has {@linkplain SimNetwork#name names}. */
    @Override
    public boolean resolvesNames() {
        return !context.names().isEmpty();
    }

    /**
     * {@inheritDoc} Open connections are closed gracefully. The node can be started again once {@code closed} has been
     * called.
     */
    @Override
    public void close(Completion closed) {
        Loops.requireInLoop(life);
        if (state == State.CLOSED || state == State.CLOSING) {
            life.execute(() -> closed.done(null));
            return;
        }
        state = State.CLOSING;
        attachments.all().forEach(Attachment::lower);
        connections.shutDown();
        life.execute(() -> {
            state = State.CLOSED;
            context.observers().publish(Kind.CLOSED, name, "", "");
            closed.done(null);
        });
    }

    /**
     * Crashes the node: it loses its memory at once. Neither its own listeners nor its peers are notified; peers notice
     * when their messages are not answered. Its loop is shut down. The node is silent until it is
     * {@linkplain #start started} again; from then on it answers segments of former connections with a reset. Does
     * nothing if it has already crashed.
     */
    public void crash() {
        if (state == State.CRASHED) {
            return;
        }
        state = State.CRASHED;
        listener = null;
        host.reset();
        life.kill();
        life = new NodeLoop(name, context.timeline().loop(), clock);
        attachments.all().forEach(Attachment::lower);
        connections.vanish();
        context.observers().publish(Kind.CRASHED, name, "", "");
    }

    /**
     * Suspends the node; it keeps its memory. It runs nothing and receives nothing, so peers retransmit on connections.
     * Its clock continues. Does nothing if it is asleep or has crashed.
     */
    public void suspend() {
        if (isAwake()) {
            host.sleep();
            life.sleep();
            context.observers().publish(Kind.SUSPENDED, name, "", "");
        }
    }

    /** Resumes the node: pending tasks run first, then its overdue timers. */
    public void resume() {
        if (host.isAsleep()) {
            context.observers().publish(Kind.RESUMED, name, "", "");
            life.wake();
            host.wake();
        }
    }

    /**
     * Makes the node slow: each arriving message, and each segment of a connection, takes this time before the node is
     * notified, one after the other.
     *
     * @param time the processing time from now on; initially 0
     * @throws IllegalArgumentException if it is negative
     */
    public void setProcessingTime(Duration time) {
        host.setProcessingTime(time);
    }

    /**
     * Makes the host keep its end of each connection that its peers close, unless its listener closes it. A peer then
     * waits for a second before its own end is closed. The peers of other hosts do not wait, because those always close
     * theirs.
     *
     * @param keep whether it keeps them from now on; initially not
     */
    public void keepConnections(boolean keep) {
        keepsConnections = keep;
    }

    boolean keepsConnections() {
        return keepsConnections;
    }

    /**
     * Sets the node's clock, which its {@link #loop} shows and its timers use. It never goes back: if the offset would
     * set it back, it continues from its current time. A crash does not change it.
     *
     * @param offset how far it is ahead of the network's loop at this moment
     * @param rate its speed relative to the network's loop from now on, from 0.001 to 1000; 1.0 is accurate
     * @throws IllegalArgumentException if the rate is out of its range
     */
    public void setClock(Duration offset, double rate) {
        clock.set(context.timeline().loop().nanoTime(), offset.toNanos(), rate);
        life.rearm();
    }

    /** {@return the number of this node's connections whose closing has not been reported yet} */
    public int openConnections() {
        return connections.size();
    }

    /** {@return whether the substrate has been started, and has neither been closed nor crashed since} */
    public boolean isRunning() {
        return state == State.RUNNING;
    }

    boolean hasCrashed() {
        return state == State.CRASHED;
    }

    /** {@return whether the node has not crashed and is not asleep} */
    public boolean isAwake() {
        return state != State.CRASHED && !host.isAsleep();
    }

    NetworkContext context() {
        return context;
    }

    /** {@return the node of the network that has an address, or {@code null} if there is none} */
    @Nullable
    SimNode owner(InetAddress address) {
        return owners.get(address);
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
        return attachments.all();
    }

    @Nullable
    Attachment attachment(int index) {
        return attachments.get(index);
    }

    void attachTo(SimLink link) {
        Attachment attachment = new Attachment(this, link, ++lastIndex);
        changeSecurity(() -> {
            attachments.add(attachment);
            securedLinks += link.kind().isSecured() ? 1 : 0;
        });
        link.add(attachment);
        raise(attachment);
    }

    /** Reports a usable link; a node that starts reports all its links itself. */
    void raise(Attachment attachment) {
        if (isRunning()) {
            life.execute(attachment::raise);
        }
    }

    void detach(Attachment attachment) {
        changeSecurity(() -> {
            attachments.remove(attachment);
            securedLinks -= attachment.link().kind().isSecured() ? 1 : 0;
        });
        attachment.link().remove(attachment);
        attachment.detach();
    }

    /** {@return whether a connection is accepted} Reports one that is refused because of its address. */
    boolean accepts(InetAddress local, int port, InetSocketAddress peer) {
        if (!isRunning() || port != port()) {
            return false;
        }
        boolean served = listener().serves(local);
        if (!served) {
            notifyLater(to -> to.dropped(SubstrateDrop.NOT_SERVED, null, peer, null));
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

    /** Notifies the listener on a later turn, if the node still runs then. */
    void notifyLater(Consumer<SubstrateListener> event) {
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

    /** Processes an arrival after all earlier arrivals. */
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
