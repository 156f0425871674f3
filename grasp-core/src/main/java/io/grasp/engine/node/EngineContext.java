package io.grasp.engine.node;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.config.Timeouts;
import io.grasp.engine.audit.AuditTrail;
import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.inspection.DropCount;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LimitUse.Unit;
import io.grasp.inspection.NodeStatus;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.Objective;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.security.PeerPolicy;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.util.IntrusiveList;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The objects that the parts of one engine share. */
public final class EngineContext {
    public final Substrate substrate;
    public final Loop loop;
    public final Limits limits;
    public final Timeouts timeouts;
    public final RelayLimits relay;
    public final Neighbors neighbors;
    public final RefusedPeers refused;
    public final AuditTrail audit;
    public final Deadlines deadlines;
    public final FairTurns turns;
    public final SessionTable sessions;
    public final NodeAddresses addresses;
    public final OwnLocators ownLocators;
    public final PeerLocators locators;
    public final DullGuard dull;
    public final PolicyGuard policy;
    public final MessageDecoder decoder;
    public final IntrusiveList<OpenChannel> channels = new IntrusiveList<>();
    private final LinkTable links = new LinkTable();
    private final FairPlaces<ExpiringSet.Member<?>> remembered;
    private final DropCounters drops = new DropCounters();
    private long sessionsStarted;
    private long messagesReceived;
    private long messagesSent;
    private final OutgoingCheck outgoing;
    /** The user's observer, and that of the watchers of events while there are any. */
    private GraspObserver observer;

    private final GraspObserver usersObserver;
    private long numbers;
    private OptionSink options = (message, encoded, path) -> {};
    private @Nullable IdentityStatus identity;
    private boolean closed;
    private @Nullable GraspException failure;

    public EngineContext(EngineConfig config, Substrate substrate, RandomGenerator random, GraspObserver observer) {
        this.substrate = substrate;
        this.loop = substrate.loop();
        this.limits = config.limits();
        this.timeouts = config.timeouts();
        this.relay = config.relay();
        this.usersObserver = GraspObserver.all(observer.ofNode(loop::nanoTime, loop));
        this.observer = usersObserver;
        this.refused = new RefusedPeers(loop);
        this.audit = new AuditTrail(loop);
        this.deadlines = new Deadlines(loop);
        this.turns = new FairTurns(loop);
        this.remembered = ExpiringSet.places(limits);
        this.sessions = new SessionTable(
                loop,
                random,
                limits,
                timeouts,
                substrate.maxAcceptedConnections(),
                shares(),
                ExpiringSet.idsOfPeers(loop, timeouts.sessionMemory(), remembered));
        this.dull = new DullGuard(config.dull(), links());
        this.policy = new PolicyGuard(dull.isDull() ? PeerPolicy.ALL : config.peerPolicy(), usersObserver);
        this.addresses = new NodeAddresses(substrate, links(), config.advertisedAddress(), dull.isDull());
        this.neighbors =
                new Neighbors(loop, limits.neighbors(), (index, address) -> addresses.isThisHost(link(index), address));
        this.ownLocators = new OwnLocators(loop, addresses, links(), timeouts.indefiniteDiscovery());
        this.locators = new PeerLocators(substrate, links(), addresses, config.advertisedAddress(), config.ipv4Nat());
        this.decoder = new MessageDecoder(limits.message());
        this.outgoing = new OutgoingCheck(limits.message());
    }

    /** {@return the observer of what happens now: it may be another one later} */
    public GraspObserver observer() {
        return observer;
    }

    /**
     * Adds an observer to that of the user, or removes it.
     *
     * @param watchers the observer; {@link GraspObserver#NONE} to have only that of the user
     */
    public void watchers(GraspObserver watchers) {
        observer = GraspObserver.all(usersObserver, watchers);
    }

    /** {@return the number of a new session or connection, see {@link Numbered}} */
    public long nextNumber() {
        return ++numbers;
    }

    public Collection<Link> links() {
        return links.all();
    }

    /** {@return the shares of the links that are up, now and later} */
    public Collection<Integer> shares() {
        return links.shares();
    }

    /** {@return whether a link with a share is up} */
    public boolean hasShare(int share) {
        return links.hasShare(share);
    }

    public void addLink(Link link) {
        links.add(link);
    }

    public void removeLink(Link link) {
        links.remove(link.index());
        if (!links.hasShare(link.share())) {
            neighbors.forget(link.share());
        }
    }

    public @Nullable Link link(int index) {
        return links.get(index);
    }

    /** Sets the receiver of options that RFC 8990 does not define. */
    public void options(OptionSink sink) {
        options = sink;
    }

    public OptionSink options() {
        return options;
    }

    public boolean isClosed() {
        return closed;
    }

    public void setClosed() {
        closed = true;
    }

    /** {@return why the node has failed, or {@code null} if it has not} */
    public @Nullable GraspException failure() {
        return failure;
    }

    public void setFailed(GraspException reason) {
        closed = true;
        failure = reason;
    }

    public void requireOpen() {
        if (failure != null) {
            throw failure;
        }
        if (closed) {
            throw GraspException.local(GraspErrorCode.UNSPECIFIED, "the node is closed");
        }
    }

    /** RFC 8990 section 2.5.1: GRASP must not run without protection, except DULL. */
    public void requireSecurity() {
        requireOpen();
        if (!isSecure()) {
            throw GraspException.local(
                    GraspErrorCode.NO_SECURITY,
                    "the substrate does not protect the links: the node has no usable identity, and the operator does"
                            + " not assert that something outside protects them"
                            + whyIdentityIsNotGood());
        }
    }

    public boolean isSecure() {
        return dull.isDull() || substrate.security().permitsGrasp();
    }

    /** Encodes a message to one peer. */
    public byte[] encodeUnicast(GraspMessage message) {
        return encodeUnicast(message, limits.message().maxBytes());
    }

    /** Encodes a message to one peer, up to the length that its objective allows. */
    public byte[] encodeUnicast(GraspMessage message, int longest) {
        return encode(message, longest, "a message to one peer");
    }

    /** Encodes a message to all neighbors on a link. */
    byte[] encodeMulticast(GraspMessage message, Link link) {
        int longest = Math.min(link.maxMulticastBytes(), limits.message().maxBytes());
        return encode(message, longest, "a multicast on link " + link.name());
    }

    private byte[] encode(GraspMessage message, int longest, String what) {
        try {
            return requireAcceptable(MessageEncoder.encode(message), longest, what);
        } catch (GraspException notAcceptable) {
            Objective about = message.objective();
            throw about == null ? notAcceptable : notAcceptable.about(about.name());
        }
    }

    /**
     * Refuses to send what peers would drop as malformed.
     *
     * @param encoded a message, or an item of a raw channel
     * @param longest the maximum number of bytes
     * @param what what it is, for the error
     * @return the same bytes
     */
    public byte[] requireAcceptable(byte[] encoded, int longest, String what) {
        return outgoing.requireAcceptable(encoded, longest, what);
    }

    /** {@return a set of what peers do, whose members expire after a time} */
    public <K> ExpiringSet<K> remember(Duration lifetime) {
        return ExpiringSet.ofPeers(loop, lifetime, remembered);
    }

    /**
     * {@return the link of a path, as far as its name or the address of the peer shows it} The source of a datagram may
     * be forged, so it shows less than the address of a connection.
     */
    public @Nullable Link linkOf(MessagePath path) {
        if (path.link().isEmpty()) {
            InetSocketAddress peer = path.peer();
            if (peer == null || peer.isUnresolved()) {
                return null;
            }
            InetAddress address = peer.getAddress();
            return path.kind() == MessagePath.Kind.LINK ? addresses.linkOfDatagram(address) : addresses.linkOf(address);
        }
        for (Link link : links()) {
            if (link.name().equals(path.link())) {
                return link;
            }
        }
        return null;
    }

    /** {@return what is charged for a message that came on a link, or on a connection of a peer on it} */
    public TrafficSource sourceOf(@Nullable Link link, MessagePath path) {
        PeerIdentity identity = path.identity();
        if (identity != null) {
            int index =
                    link == null || path.kind() == MessagePath.Kind.CONNECTION ? TrafficSource.NO_LINK : link.share();
            return TrafficSource.member(index, identity);
        }
        InetSocketAddress peer = path.peer();
        InetAddress address = peer == null ? null : peer.getAddress();
        if (address == null) { // it came from this node, or from a peer whose name could not be resolved
            return path.kind() == MessagePath.Kind.LOOPBACK
                    ? TrafficSource.ofThisNode()
                    : new TrafficSource(link == null ? TrafficSource.NO_LINK : link.share(), 0, 0);
        }
        return path.kind() == MessagePath.Kind.CONNECTION
                ? addresses.sourceOfConnection(link, address)
                : addresses.sourceOf(link, address);
    }

    /** Reports that something was dropped, with the link of the peer as far as its address shows it. */
    public void drop(DropReason reason, MessagePath path) {
        drops.add(reason, loop.nanoTime());
        boolean audited = audit.isWatched() && !isOwnEcho(reason, path);
        if (!audited && observer == GraspObserver.NONE) {
            return;
        }
        MessagePath located = located(path);
        observer.messageDropped(reason, located);
        if (audited) {
            audit.dropped(reason, sourceOf(linkOf(located), located), located);
        }
    }

    /** Reports the bounds of what is shared, and what is used of them. */
    public void limits(Consumer<LimitUse> uses) {
        sessions.limits(uses);
        neighbors.limits(uses);
        uses.accept(new LimitUse("Limits.rememberedBytes", remembered.used(), limits.rememberedBytes(), Unit.BYTES));
    }

    /** A message has come in that is well-formed. */
    public void received(GraspMessage message, byte[] encoded, MessagePath path) {
        messagesReceived++;
        observer.messageReceived(message, encoded, path);
    }

    /** A message was handed to the system. */
    public void sent(GraspMessage message, byte[] encoded, MessagePath path) {
        messagesSent++;
        observer.messageSent(message, encoded, path);
    }

    /** A session begins, which may have ended when the next message comes. */
    public void sessionStarted(SessionInfo session) {
        sessionsStarted++;
        observer.sessionStarted(session);
    }

    /** {@return how much has happened since the start} */
    public NodeStatus.Totals totals() {
        return new NodeStatus.Totals(sessionsStarted, messagesReceived, messagesSent);
    }

    /** {@return how often something was dropped, for each reason for which it was} */
    public List<DropCount> drops() {
        return drops.counts(loop.nanoTime());
    }

    private MessagePath located(MessagePath path) {
        Link link = path.link().isEmpty() ? linkOf(path) : null;
        return link == null ? path : path.withLink(link.name());
    }

    /** A multicast comes back to this node from its own address whenever it sends one. */
    private boolean isOwnEcho(DropReason reason, MessagePath path) {
        InetSocketAddress peer = path.peer();
        return reason == DropReason.OWN && peer != null && !peer.isUnresolved() && addresses.isOurs(peer.getAddress());
    }

    /** Reports that a flood replaced a valid copy from another origin. */
    public void contest(FloodedObjective newer, FloodedObjective older, MessagePath path) {
        observer.floodContested(newer, older, path);
        if (audit.isWatched()) {
            audit.contested(newer.objective().name(), sourceOf(linkOf(path), path), path);
        }
    }

    /** Reports a peer that the substrate has refused, with its link as far as its address shows it. */
    public void refusePeer(
            PeerRefusal reason, InetSocketAddress peer, @Nullable PeerIdentity peerIdentity, String detail) {
        refused.add(reason, peer, peerIdentity, detail);
        observer.peerRefused(reason, peer, detail);
        if (audit.isWatched()) {
            MessagePath path = located(new MessagePath(MessagePath.Kind.CONNECTION, "", peer, peerIdentity));
            audit.refused(reason, detail, sourceOf(linkOf(path), path), path);
        }
    }

    /** The state of this node's own certificate has changed. */
    public void identity(IdentityStatus status) {
        identity = status;
        observer.identityChanged(status);
    }

    /** {@return the addition to the text of an error, empty if the node's own certificate is not the cause} */
    public String whyIdentityIsNotGood() {
        return identity == null || identity.good() || identity.detail().isEmpty()
                ? ""
                : ": this node's own identity: " + identity.detail();
    }

    /** {@return the state of this node's own certificate; {@code null} if the substrate uses none} */
    public @Nullable IdentityStatus identity() {
        return identity;
    }

    public void refuseRelay(GraspMessage message, DropReason reason, MessagePath path) {
        observer.relayRefused(message, reason, path);
        drop(reason, path);
    }
}
