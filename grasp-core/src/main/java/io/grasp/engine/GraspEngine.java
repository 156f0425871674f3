package io.grasp.engine;

import io.grasp.config.AsaLimits;
import io.grasp.config.EngineConfig;
import io.grasp.engine.audit.AuditListener;
import io.grasp.engine.audit.AuditWatch;
import io.grasp.engine.channel.ChannelConnector;
import io.grasp.engine.channel.ReplySender;
import io.grasp.engine.discovery.DiscoveryCache;
import io.grasp.engine.discovery.DiscoveryInitiator;
import io.grasp.engine.discovery.DiscoveryRelay;
import io.grasp.engine.discovery.DiscoveryResponder;
import io.grasp.engine.extension.Extensions;
import io.grasp.engine.flood.FloodManager;
import io.grasp.engine.negotiation.NegotiationInitiator;
import io.grasp.engine.negotiation.NegotiationResponder;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.DropReasons;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.NodeFailure;
import io.grasp.engine.node.OpenChannel;
import io.grasp.engine.rapid.RapidInitiator;
import io.grasp.engine.rapid.RapidResponder;
import io.grasp.engine.registry.Registry;
import io.grasp.engine.synchronization.SynchronizationInitiator;
import io.grasp.engine.synchronization.SynchronizationResponder;
import io.grasp.engine.watch.EventFeeds;
import io.grasp.inspection.ForgottenPeer;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkWarning;
import io.grasp.model.MemoryNeed;
import io.grasp.model.NodeLocators;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.CacheKind;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One GRASP instance: the protocol of RFC 8990 over a substrate. It has no thread, clock or socket of its own. All
 * methods are called on the substrate's loop.
 *
 * <pre>
 *  OPEN -- close: no new calls, all sessions end --&gt; CLOSING -- the substrate has closed --&gt; CLOSED
 *                                                     |   ^                                (each close completes)
 *                                                     '---' messages that were handed over are still sent
 * </pre>
 */
public final class GraspEngine {
    private final EngineConfig config;
    private final EngineContext context;
    private final Registry registry;
    private final DiscoveryCache discoveryCache;
    private final DiscoveryInitiator discoveries;
    private final RapidInitiator rapids;
    private final DiscoveryRelay discoveryRelay;
    private final FloodManager floods;
    private final NegotiationInitiator negotiations;
    private final SynchronizationInitiator synchronizations;
    private final Extensions extensions;
    private final Dispatcher dispatcher;
    private final IncomingConnections incoming;
    private final ReplySender replies;
    /** {@code null} until an operator looks. */
    private @Nullable EngineInspection inspection;

    /** {@code null} until there is a watcher of events. */
    private @Nullable EventFeeds events;

    private final List<Completion> closeWaiters = new ArrayList<>();
    private final NodeFailure nodeFailure = new NodeFailure();
    private Consumer<GraspException> onFailure = failure -> {};
    private Loop.@Nullable Wakeup failureListener;
    private boolean substrateClosed;

    /**
     * Creates an engine that has not started.
     *
     * @param config its settings
     * @param substrate carries its messages; the engine closes it in the end
     * @param random the source of Session IDs: a secure one on a real network (RFC 8990 section 2.7)
     * @param observer observes the engine
     */
    public GraspEngine(EngineConfig config, Substrate substrate, RandomGenerator random, GraspObserver observer) {
        this.config = config;
        this.context = new EngineContext(config, substrate, random, Objects.requireNonNull(observer, "observer"));
        this.registry = new Registry(context.limits, context.loop::nanoTime);
        this.discoveryCache = new DiscoveryCache(
                context.loop, context.limits, new CacheObserver(context.observer(), CacheKind.DISCOVERY));
        ChannelConnector connector = new ChannelConnector(context, this::accept, discoveryCache);
        this.discoveries = new DiscoveryInitiator(context, registry, discoveryCache, connector);
        this.rapids = new RapidInitiator(context, discoveries, discoveryCache, registry);
        this.replies = new ReplySender(context);
        this.discoveryRelay = new DiscoveryRelay(context, replies, discoveryCache);
        this.negotiations = new NegotiationInitiator(context, registry, connector);
        this.synchronizations = new SynchronizationInitiator(context, registry, connector);
        NegotiationResponder negotiationResponder = new NegotiationResponder(context, registry);
        SynchronizationResponder synchronizationResponder = new SynchronizationResponder(context, registry);
        RapidResponder rapidResponder =
                new RapidResponder(context, registry, replies, negotiationResponder, synchronizationResponder);
        DiscoveryResponder discoveryResponder =
                new DiscoveryResponder(context, registry, replies, discoveryCache, discoveryRelay, rapidResponder);
        this.floods = new FloodManager(context);
        this.extensions = new Extensions(context, replies, connector);
        this.dispatcher = new Dispatcher(
                context,
                registry,
                discoveries,
                rapids,
                discoveryResponder,
                discoveryRelay,
                floods,
                negotiationResponder,
                synchronizationResponder,
                extensions);
        this.incoming = new IncomingConnections(context, registry, dispatcher);
    }

    /**
     * Brings the links up.
     *
     * @param started called when ASAs can be registered, or with the reason why the substrate cannot be used
     */
    public void start(Completion started) {
        context.requireOpen();
        failureListener = context.loop.onFailure(this::fail);
        context.substrate.start(new FromSubstrate(), failure -> {
            boolean broadcast = failure == null && context.addresses.advertisesBroadcast();
            if (failure == null && !broadcast && context.observer() != GraspObserver.NONE) {
                context.observer().started(locators(), security(), context.isSecure());
            }
            started.done(
                    broadcast
                            ? new IllegalArgumentException(
                                    "the advertised address is the broadcast address of a network of this host")
                            : failure);
        });
    }

    /** Registers an ASA without bounds of its own. */
    public EngineAsa registerAsa(String name) {
        return registerAsa(name, AsaLimits.NONE);
    }

    /**
     * Registers an ASA.
     *
     * @param name its name, unique on this node
     * @param asaLimits its bounds
     * @return its handle
     * @throws GraspException {@link GraspErrorCode#DUPLICATE_ASA} or {@link GraspErrorCode#ASA_FULL}
     */
    public EngineAsa registerAsa(String name, AsaLimits asaLimits) {
        context.requireOpen();
        return new EngineAsa(
                registry.add(name, asaLimits),
                context,
                registry,
                discoveries,
                rapids,
                floods,
                negotiations,
                synchronizations,
                extensions);
    }

    /** {@return the current protection of the links} */
    public Security security() {
        return context.substrate.security();
    }

    /** {@return the state of the node's own certificate; {@code null} if its substrate uses none} */
    public @Nullable IdentityStatus identity() {
        return context.identity();
    }

    /** {@return the links that are up} */
    public List<Link> links() {
        return List.copyOf(context.links());
    }

    /** {@return the node's port and its current locators on each link} */
    public NodeLocators locators() {
        return context.addresses.locators();
    }

    /** {@return the most memory that this node may need, with its substrate} */
    public MemoryNeed worstCase() {
        return config.worstCase().and(context.substrate.worstCase());
    }

    /** Notifies the observer that this node and others of the process may need more memory than the JVM has. */
    public void memoryMayBeExceeded(MemoryNeed nodes, long heapBytes, long directBytes) {
        context.observer().memoryMayBeExceeded(nodes, heapBytes, directBytes);
    }

    /**
     * Begins to report what is refused.
     *
     * @param period how often the same source and reason are reported at most, apart from the first report
     * @param listener gets the events, as far as they are requested
     * @return the watch, which ends when it is cancelled or the node is closed
     */
    public AuditWatch audit(Duration period, AuditListener listener) {
        context.requireOpen();
        return context.audit.watch(period, listener);
    }

    /** {@return what an operator sees of the node} */
    public EngineInspection inspection() {
        EngineInspection known = inspection;
        if (known == null) {
            known = new EngineInspection(
                    context,
                    registry,
                    discoveryCache,
                    discoveryRelay,
                    floods,
                    replies,
                    incoming,
                    () -> events == null ? 0 : events.watchers());
            inspection = known;
        }
        return known;
    }

    /** {@return the events of the node, for those that watch it} */
    public EventFeeds events() {
        EventFeeds known = events;
        if (known == null) {
            known = new EventFeeds(context);
            events = known;
        }
        return known;
    }

    /** Empties the discovery cache; {@return how many locators it had} */
    public int flushDiscoveries() {
        context.requireOpen();
        return discoveryCache.clear();
    }

    /** Empties the flood cache; {@return how many copies it had} */
    public int flushFloods() {
        context.requireOpen();
        return floods.clearCache();
    }

    /**
     * Removes the copies of a flooded objective from the flood cache.
     *
     * @param linkIndex the link of a link-local tag
     * @return how many there were
     */
    public int expireFlood(TaggedObjective tagged, int linkIndex) {
        context.requireOpen();
        return floods.expireCopies(tagged, linkIndex);
    }

    /**
     * Forgets a peer: removes its locators and floods from the caches, and closes its connections that have no session.
     *
     * @param peer its address
     */
    public ForgottenPeer forget(InetAddress peer) {
        context.requireOpen();
        InetAddress plain = PeerAddresses.plain(PeerAddresses.withoutScope(peer));
        int locators = discoveryCache.forget(plain);
        int copies = floods.forget(plain);
        int neighbors = context.neighbors.forget(plain);
        return new ForgottenPeer(locators, copies, neighbors, incoming.closeIdle(plain));
    }

    /** {@return whether operations of ASAs are permitted: the links are protected, or this is a DULL instance} */
    public boolean permitsGrasp() {
        return context.isSecure();
    }

    /** {@return the objectives that a DULL instance allows; {@code null} for other instances} */
    public @Nullable List<String> dullObjectives() {
        return config.dull() == null
                ? null
                : config.dull().objectives().stream().sorted().toList();
    }

    /** {@return the current load; all zero after a close} */
    public EngineLoad load() {
        return new EngineLoad(
                context.sessions.size() + discoveryRelay.underWay(),
                context.deadlines.armed(),
                context.channels.size(),
                incoming.waiting());
    }

    /**
     * Ends every session and closes the substrate. Closing again only calls {@code closed}.
     *
     * @param closed called when nothing is open any more
     */
    public void close(Completion closed) {
        if (substrateClosed) {
            closed.done(null);
            return;
        }
        closeWaiters.add(closed);
        if (context.isClosed()) {
            return;
        }
        context.setClosed();
        GraspException reason = GraspException.local(GraspErrorCode.NO_SESSION, "the node was closed");
        registry.asas().forEach(asa -> EngineAsa.remove(asa, registry, floods, reason));
        discoveryRelay.close();
        floods.stopRelaying();
        context.channels.all().forEach(OpenChannel::close);
        context.substrate.close(this::substrateClosed);
    }

    /**
     * Sets the receiver of the node's failure, see {@link Loop#onFailure}. It is called when all sessions and listeners
     * have failed; the substrate is still closing.
     */
    public void onFailure(Consumer<GraspException> receiver) {
        onFailure = receiver;
    }

    /**
     * Ends everything because of an error on the loop, or on that of a node that it depends on. Memory may have run
     * out, so each step is taken even if those before it failed. Failing again does nothing.
     *
     * @param error the error, which is the cause of all failures
     */
    public void fail(Throwable error) {
        if (substrateClosed || context.failure() != null) {
            return;
        }
        notifyObserver(error);
        GraspException reason = nodeFailure.because(error);
        context.setFailed(reason);
        attempt(() -> registry.asas().forEach(asa -> attempt(() -> EngineAsa.remove(asa, registry, floods, reason))));
        attempt(discoveryRelay::close);
        attempt(floods::stopRelaying);
        attempt(() -> context.channels.all().forEach(channel -> attempt(channel::close)));
        attempt(() -> onFailure.accept(reason));
        attempt(() -> context.substrate.close(this::substrateClosed));
    }

    /** First of all and without an allocation, so that a program can end even if nothing else succeeds. */
    private void notifyObserver(Throwable error) {
        try {
            context.observer().nodeFailed(error);
        } catch (Throwable another) {
            // the first error is the one that is reported
        }
    }

    private static void attempt(Runnable step) {
        try {
            step.run();
        } catch (Throwable another) {
            // the node has failed already; the first error is the one that is reported
        }
    }

    private void endSessions(GraspException reason) {
        registry.asas().forEach(asa -> asa.endSessions(reason));
        discoveryRelay.close();
        floods.stopRelaying();
        context.channels.all().forEach(OpenChannel::close);
    }

    private void substrateClosed(@Nullable Throwable failure) {
        if (substrateClosed) {
            return;
        }
        if (failureListener != null) {
            failureListener.cancel();
        }
        context.deadlines.cancelAll();
        substrateClosed = true;
        try {
            context.audit.close();
            if (events != null) {
                events.close();
            }
            context.observer().closed();
        } finally {
            List<Completion> waiters = List.copyOf(closeWaiters);
            closeWaiters.clear();
            waiters.forEach(waiter -> waiter.done(failure));
        }
    }

    private ConnectionListener accept(Connection connection, MessagePath path, @Nullable String localAsa) {
        return incoming.accept(connection, path, localAsa);
    }

    /** Receives the events of the substrate. */
    private final class FromSubstrate implements SubstrateListener {
        @Override
        public void linkUp(Link link) {
            String unusable = context.dull.unusable(link);
            if (unusable != null) {
                context.observer().linkFailed(link.name(), new IllegalStateException(unusable));
                return;
            }
            context.addLink(link);
            context.observer().linkUp(link.info());
            discoveries.linkUp(link);
            if (context.addresses.givesIpv4(link)) {
                context.observer()
                        .linkWarning(
                                link.name(),
                                LinkWarning.OTHER_IP_VERSION,
                                "the advertised address is an IPv4 address; neighbors with IPv6 only cannot connect to"
                                        + " it");
            }
        }

        @Override
        public void linkDown(Link link) {
            if (context.link(link.index()) == null) {
                return; // it was not used
            }
            context.removeLink(link);
            discoveryCache.linkDown(link);
            discoveryRelay.linkDown(link);
            floods.linkDown(link);
            context.observer().linkDown(link.info());
        }

        @Override
        public void linkFailed(String name, Throwable cause) {
            context.observer().linkFailed(name, cause);
        }

        @Override
        public void acceptFailed(Throwable cause) {
            context.observer().acceptFailed(cause);
        }

        @Override
        public void linkWarning(String name, LinkWarning warning, String detail) {
            if (warning == LinkWarning.OTHER_IP_VERSION && context.dull.isDull()) {
                return; // the link and its neighbors use IPv6
            }
            context.observer().linkWarning(name, warning, detail);
        }

        @Override
        public void dropped(
                SubstrateDrop reason,
                @Nullable Link link,
                @Nullable InetSocketAddress peer,
                @Nullable PeerIdentity identity) {
            boolean connection = switch (reason) {
                case TOO_MANY_CONNECTIONS, FEW_DESCRIPTORS, NOT_SERVED -> true;
                case MESSAGE_TOO_LONG -> false;
                case MALFORMED, TLS, WRONG_TYPE, SLOW_NEIGHBOR, UNDECRYPTABLE -> link == null;
            };
            MessagePath.Kind kind = connection ? MessagePath.Kind.CONNECTION : MessagePath.Kind.LINK;
            context.drop(
                    DropReasons.reason(reason), new MessagePath(kind, link == null ? "" : link.name(), peer, identity));
        }

        @Override
        public boolean serves(InetAddress local) {
            return context.addresses.serves(local);
        }

        @Override
        public boolean isPeer(InetSocketAddress resolved) {
            return context.locators.isBelieved(resolved);
        }

        @Override
        public void linkMessage(Link link, byte[] encoded, ReplyPath replyPath) {
            dispatcher.onLink(link, encoded, replyPath);
        }

        @Override
        public void unicastMessage(byte[] encoded, ReplyPath replyPath) {
            dispatcher.onDatagram(encoded, replyPath);
        }

        @Override
        public ConnectionListener accepted(Connection connection) {
            return accept(connection, MessagePath.connection(connection.remote()), null);
        }

        @Override
        public boolean makesRoom(InetSocketAddress peer, @Nullable PeerIdentity identity, SubstrateDrop reason) {
            return incoming.makeRoom(peer.getAddress(), identity, DropReasons.reason(reason));
        }

        @Override
        public void securityChanged(Security security) {
            context.observer().securityChanged(security);
            if (!context.isSecure()) {
                endSessions(GraspException.local(
                        GraspErrorCode.NO_SECURITY,
                        "the links are no longer protected" + context.whyIdentityIsNotGood()));
            }
        }

        @Override
        public void identityChanged(IdentityStatus status) {
            context.identity(status);
        }

        @Override
        public void peerRefused(
                PeerRefusal reason, InetSocketAddress peer, @Nullable PeerIdentity identity, String detail) {
            context.refusePeer(reason, peer, identity, detail);
        }
    }
}
