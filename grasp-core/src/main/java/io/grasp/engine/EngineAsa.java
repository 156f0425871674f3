package io.grasp.engine;

import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.config.Timeouts;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.discovery.DiscoveryInitiator;
import io.grasp.engine.discovery.DiscoveryResponder;
import io.grasp.engine.extension.ExtensionEvents;
import io.grasp.engine.extension.ExtensionExchange;
import io.grasp.engine.extension.ExtensionHandler;
import io.grasp.engine.extension.Extensions;
import io.grasp.engine.extension.ReceivedExtension;
import io.grasp.engine.extension.ReceivedOption;
import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.flood.FloodEvents;
import io.grasp.engine.flood.FloodManager;
import io.grasp.engine.flood.FloodOptionFactory;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationInitiator;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Placeholder;
import io.grasp.engine.rapid.RapidEvents;
import io.grasp.engine.rapid.RapidInitiator;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.engine.registry.Registration;
import io.grasp.engine.registry.Registry;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.engine.synchronization.SynchronizationInitiator;
import io.grasp.engine.synchronization.SynchronizationListening;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.Completion;
import io.grasp.wire.WireMillis;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A registered ASA: the handle of RFC 8991, with the functions that take one. All methods are called on the loop. They
 * throw {@link GraspException} for errors that are known at once; later results are reported to the events.
 */
public final class EngineAsa {

    private final RegisteredAsa self;
    private final EngineContext context;
    private final Registry registry;
    private final DiscoveryInitiator discoveries;
    private final RapidInitiator rapids;
    private final FloodManager floods;
    private final NegotiationInitiator negotiations;
    private final SynchronizationInitiator synchronizations;
    private final Extensions extensions;

    EngineAsa(
            RegisteredAsa self,
            EngineContext context,
            Registry registry,
            DiscoveryInitiator discoveries,
            RapidInitiator rapids,
            FloodManager floods,
            NegotiationInitiator negotiations,
            SynchronizationInitiator synchronizations,
            Extensions extensions) {
        this.self = self;
        this.context = context;
        this.registry = registry;
        this.discoveries = discoveries;
        this.rapids = rapids;
        this.floods = floods;
        this.negotiations = negotiations;
        this.synchronizations = synchronizations;
        this.extensions = extensions;
    }

    /** {@return the ASA's name} */
    public String name() {
        return self.name();
    }

    /** {@return whether the ASA is still registered} */
    public boolean isRegistered() {
        return registry.contains(self);
    }

    /** Notifies the observer that a handler of this ASA has failed. */
    public void handlerFailed(GraspException failure) {
        context.observer().handlerFailed(failure);
    }

    /** Notifies the observer that this ASA has left out fields of a value that it does not know. */
    public void unknownFields(String objective, List<String> fields) {
        context.observer().unknownFields(objective, fields);
    }

    /** Ends all activities of this ASA, and deregisters it with its objectives. Closing the node has done the same. */
    public void deregister() {
        if (context.isClosed()) {
            return;
        }
        requireRegistered();
        remove(GraspException.local(GraspErrorCode.NO_SESSION, "the ASA " + name() + " was deregistered"));
    }

    /** Deregisters the ASA if it is still registered. */
    public void abandon() {
        remove(GraspException.local(GraspErrorCode.NO_SESSION, "the ASA " + name() + " was abandoned"));
    }

    private void remove(GraspException reason) {
        remove(self, registry, floods, reason);
    }

    static void remove(RegisteredAsa asa, Registry registry, FloodManager floods, GraspException reason) {
        registry.remove(asa);
        floods.withdraw(asa, null);
        asa.end(reason);
    }

    /**
     * Registers another ASA with this name, which succeeds this one: while both are registered, it may register the
     * objectives of this ASA, and requests are offered to it first.
     */
    public EngineAsa succeed() {
        requireRegistered();
        return new EngineAsa(
                registry.addSuccessor(self),
                context,
                registry,
                discoveries,
                rapids,
                floods,
                negotiations,
                synchronizations,
                extensions);
    }

    /**
     * Deregisters all objectives of this ASA, and lets its sessions continue. Requests that wait for it are still
     * delivered to its listeners. Its floods stay until the ASA is deregistered.
     */
    public void drain() {
        if (context.isClosed()) {
            return;
        }
        requireRegistered();
        GraspException reason =
                GraspException.local(GraspErrorCode.NO_SESSION, "the ASA " + name() + " is being drained");
        for (Registration registration : registry.registrationsOf(self)) {
            registry.remove(registration);
            registration.drain(reason);
        }
    }

    /** {@return the number of its sessions with peers; 0 if it is deregistered} */
    public int sessions() {
        return self.sessions();
    }

    /**
     * Registers an objective; it is served with its flags and loop count.
     *
     * @return whether this registration exists: until the objective or the ASA is deregistered
     */
    public BooleanSupplier register(Objective objective, RegistrationOptions options) {
        requireRegistered();
        context.dull.requireRegistrable(objective, options);
        requireFits(objective, options);
        Registration registration = registry.add(self, objective, options);
        return () -> registry.contains(registration);
    }

    /**
     * Deregisters an objective: its listeners end, and this ASA's floods of it are removed from this node's flood
     * cache. Negotiations in progress continue. If the node is closed, there is nothing left to do.
     *
     * @throws GraspException {@link GraspErrorCode#NOT_OBJECTIVE} if no ASA here has registered it,
     *     {@link GraspErrorCode#NOT_YOUR_OBJECTIVE} if another one has
     */
    public void deregister(String objective) {
        if (context.isClosed()) {
            return;
        }
        requireRegistered();
        if (!registry.isRegistered(objective)) {
            throw GraspException.local(GraspErrorCode.NOT_OBJECTIVE, "no ASA of this node has registered it")
                    .about(objective);
        }
        Registration registration = registry.require(self, objective);
        registry.remove(registration);
        floods.withdraw(self, objective);
        GraspException reason = GraspException.local(GraspErrorCode.NO_SESSION, "the objective was deregistered");
        registration.end(reason);
    }

    /**
     * Reports the known locators of ASAs that support an objective, and sends nothing.
     *
     * @param events completed before this returns
     */
    public void discoverKnown(Objective objective, DiscoveryEvents events) {
        requireDiscoverable(objective);
        discoveries.discoverKnown(self, objective.name(), events);
    }

    /**
     * Discovers ASAs that support an objective: first the known ones, then those that answer.
     *
     * @param timeout the duration
     */
    public Cancellable discover(Objective objective, Duration timeout, DiscoveryEvents events) {
        requireDiscoverable(objective);
        self.requireRoomForSession();
        return discoveries.discover(self, context.dull.outgoing(objective), timeout, events);
    }

    /**
     * Asks one peer for peers that support an objective.
     *
     * @param peer any ASA of the node to ask
     * @param timeout the duration
     */
    public Cancellable discoverAt(Objective objective, AsaLocator peer, Duration timeout, DiscoveryEvents events) {
        requireDiscoverable(objective);
        context.dull.refuseUnicast(objective);
        self.requireRoomForSession();
        return discoveries.discoverAt(self, objective, peer, timeout, events);
    }

    /** Removes all cached locators of an objective (RFC 8991 section 2.3.4: a {@code minimum_TTL} of 0). */
    public void forgetLocators(Objective objective) {
        requireDiscoverable(objective);
        discoveries.forget(objective.name());
    }

    /**
     * Removes cached locators of an objective (RFC 8991 section 2.3.4).
     *
     * @param minimumTtl locators that are valid for this time or less are removed
     */
    public void forgetLocators(Objective objective, Duration minimumTtl) {
        requireDiscoverable(objective);
        WireMillis.of(minimumTtl);
        discoveries.forget(objective.name(), minimumTtl);
    }

    private void requireDiscoverable(Objective objective) {
        requireRegistered();
        context.requireSecurity();
        Registry.requireConsistentFlags(objective);
    }

    /**
     * Looks for peers that support an objective, for an operation whose caller names none (RFC 8990 section 2.5.4.3).
     * Locators in the cache are not reported. A try ends after {@link Timeouts#discoveryHop} for each hop; if no peer
     * has answered, another try follows, under a new Session ID, after {@link Timeouts#discoveryPause} or later, up to
     * {@link Limits#discoveryTries}. Answers to all tries are accepted. The search completes
     * {@link Timeouts#peerGathering} after the first usable answer.
     *
     * @param timeout the maximum total duration
     * @param isUsable whether the operation can use a locator
     */
    public Cancellable search(
            Objective objective, Duration timeout, Predicate<AsaLocator> isUsable, DiscoveryEvents events) {
        requireDiscoverable(objective);
        context.dull.refuseUnicast(objective);
        self.requireRoomForSession();
        return discoveries.search(self, objective, timeout, isUsable, events);
    }

    /** {@return the maximum number of peers to try until one can be reached} */
    public int peersTried() {
        return context.limits.peersTried();
    }

    /** {@return this node's setting for GRASP_DEF_TIMEOUT} */
    public Duration operationTimeout() {
        return context.timeouts.operation();
    }

    /** Requests a negotiation with a peer; the objective contains the requested value and the loop count. */
    public NegotiationSession negotiate(
            Objective objective, AsaLocator peer, Duration timeout, NegotiationEvents events) {
        requireNegotiable(objective);
        context.requireSecurity();
        context.dull.refuseUnicast(objective);
        self.requireRoomForSession();
        return negotiations.request(self, objective, peer, timeout, events);
    }

    /**
     * Requests a negotiation with the peer that answers first, if it answers in rapid mode. The objective needs a value
     * other than null: without one, its discovery would be an ordinary one.
     */
    public Cancellable negotiateRapidly(Objective objective, Duration timeout, RapidEvents events) {
        requireNegotiable(objective);
        context.requireSecurity();
        context.dull.refuseUnicast(objective);
        if (Placeholder.isNothing(objective.value())) {
            throw GraspException.local(
                            GraspErrorCode.UNSPECIFIED, "a rapid negotiation needs a requested value other than null")
                    .about(objective.name());
        }
        self.requireRoomForSession();
        return rapids.negotiate(self, objective, timeout, events);
    }

    /**
     * Requests the value of an objective from the peer that answers first, if its answer contains the value.
     *
     * @param ordinarily run if a peer is known, or if the first answer is a locator: the caller must then send an
     *     ordinary request, and the events are not called
     */
    public Cancellable synchronizeRapidly(
            Objective objective, Duration timeout, SynchronizationEvents events, Runnable ordinarily) {
        requireSynchronizable(objective);
        context.requireSecurity();
        context.dull.refuseUnicast(objective);
        Objective request = Placeholder.ofRapidSynchronization(objective);
        self.requireRoomForSession();
        return rapids.synchronize(self, request, timeout, events, ordinarily);
    }

    /** Listens for negotiation requests; initially there is no demand. */
    public NegotiationListening listenNegotiate(Objective objective, NegotiationAcceptor acceptor) {
        return listen(objective, false, acceptor);
    }

    /**
     * Listens for requests of raw channels: data that peers send after a request waits until the session becomes
     * {@linkplain NegotiationSession#raw raw}. Initially there is no demand.
     */
    public NegotiationListening listenRaw(Objective objective, NegotiationAcceptor acceptor) {
        return listen(objective, true, acceptor);
    }

    private NegotiationListening listen(Objective objective, boolean raw, NegotiationAcceptor acceptor) {
        requireNegotiable(objective);
        context.requireSecurity();
        context.dull.refuseUnicast(objective);
        Registration registration = registry.require(self, objective.name());
        return new NegotiationListening(registration, context.limits.queuedNegotiations(), raw, acceptor);
    }

    /** Requests the value of an objective from a peer. */
    public Cancellable synchronize(
            Objective objective, AsaLocator peer, Duration timeout, SynchronizationEvents events) {
        return synchronize(objective, peer, timeout, timeout, events);
    }

    /**
     * Requests the value of an objective from a peer.
     *
     * @param opening how long the connection may take to open, if less than the timeout; after this time the request
     *     fails as {@linkplain GraspException#isUnreached unreached}
     */
    public Cancellable synchronize(
            Objective objective, AsaLocator peer, Duration timeout, Duration opening, SynchronizationEvents events) {
        requireSynchronizable(objective);
        context.requireSecurity();
        context.dull.refuseUnicast(objective);
        self.requireRoomForSession();
        return synchronizations.request(self, objective, peer, timeout, opening, events);
    }

    /**
     * Listens for synchronization requests; requests are refused until there is a value.
     *
     * @param stopped called when the ASA or the node has gone, or another listener has replaced this one
     */
    public SynchronizationListening listenSynchronize(Objective objective, Runnable stopped) {
        requireSynchronizable(objective);
        context.requireSecurity();
        context.dull.refuseUnicast(objective);
        return new SynchronizationListening(context, registry.require(self, objective.name()), stopped);
    }

    /**
     * Floods objectives on every link on which the message fits.
     *
     * @param ttl how long they are valid: less than 2^32 ms, rounded up to whole milliseconds; or
     *     {@link FloodedObjective#INDEFINITE}
     * @param sent called when they have been sent on at least one link, or at once if there is no link
     * @throws GraspException if the message fits on no link, or not on the link of a link-local tag
     */
    public void flood(List<TaggedObjective> objectives, Duration ttl, Completion sent) {
        flood(objectives, ttl, FloodOptionFactory.NONE, sent);
    }

    /**
     * Floods objectives on every link, followed by an option of a later document.
     *
     * @param option creates the option
     */
    public void flood(List<TaggedObjective> objectives, Duration ttl, FloodOptionFactory option, Completion sent) {
        requireRegistered();
        if (objectives.isEmpty()) {
            throw GraspException.local(GraspErrorCode.NOT_OBJECTIVE, "a flood needs at least one objective");
        }
        for (TaggedObjective tagged : objectives) {
            requireSynchronizable(tagged.objective());
            registry.require(self, tagged.objective().name());
            context.dull.requireFloodable(tagged);
        }
        context.requireSecurity();
        floods.flood(self, objectives, ttl.equals(FloodedObjective.INDEFINITE) ? 0 : WireMillis.of(ttl), option, sent);
    }

    /** {@return the entries of an objective in the flood cache} */
    public List<FloodedObjective> getFlood(String objective) {
        requireRegistered();
        context.requireSecurity();
        return floods.get(objective);
    }

    /** {@return the memory of all floods of the node that wait for subscribers; a holder removes the flood} */
    public FairPlaces<Runnable> waitingFloods() {
        return floods.waiting();
    }

    /** Reports the entries of an objective in the flood cache, and then further floods of it. */
    public Cancellable watchFloods(String objective, FloodEvents events) {
        requireRegistered();
        context.requireSecurity();
        return floods.watch(self, objective, events);
    }

    /** Removes an entry from the flood cache. */
    public void expireFlood(TaggedObjective tagged) {
        requireRegistered();
        floods.expire(tagged);
    }

    /** Removes the entry of a flooded objective from the flood cache, on its link. */
    public void expireFlood(FloodedObjective flooded) {
        requireRegistered();
        floods.expire(flooded);
    }

    /** Handles messages of an unassigned type, see {@link Extensions#onMessages}. */
    public Cancellable onMessages(int type, ExtensionHandler<ReceivedExtension> handler) {
        requireRegistered();
        return extensions.onMessages(self, type, handler);
    }

    /** Handles options of an unassigned number, see {@link Extensions#onOptions}. */
    public Cancellable onOptions(int type, ExtensionHandler<ReceivedOption> handler) {
        requireRegistered();
        return extensions.onOptions(self, type, handler);
    }

    /** Sends a message of an unassigned type to all neighbors, see {@link Extensions#multicast}. */
    public SessionId multicast(int type, List<ObjectiveValue> content, Completion sent) {
        requireRegistered();
        return extensions.multicast(type, content, sent);
    }

    /** Sends a message of an unassigned type to one peer, see {@link Extensions#ask}. */
    public ExtensionExchange ask(
            AsaLocator peer, int type, List<ObjectiveValue> content, Duration timeout, ExtensionEvents events) {
        requireRegistered();
        return extensions.ask(self, peer, type, content, timeout, events);
    }

    private void requireRegistered() {
        context.requireOpen();
        if (!registry.contains(self)) {
            throw GraspException.local(GraspErrorCode.NO_ASA, "the ASA " + name() + " was deregistered");
        }
    }

    /** Checks that a discovery response can contain all the locators. */
    private void requireFits(Objective objective, RegistrationOptions options) {
        try {
            context.encodeUnicast(DiscoveryResponder.response(
                    new SessionId(SessionId.MAX_VALUE), context.addresses.initiator(), options, options.locators()));
        } catch (GraspException tooLong) {
            throw tooLong.about(objective.name());
        }
    }

    /**
     * Fails unless this ASA may negotiate an objective, like {@link #negotiate}. Operations that look for a peer call
     * this before they search.
     */
    public void requireNegotiable(Objective objective) {
        requireRegistered();
        Registry.requireConsistentFlags(objective);
        if (!objective.isNegotiable()) {
            throw GraspException.local(GraspErrorCode.NOT_NEGOTIABLE, "its flags do not allow negotiation")
                    .about(objective.name());
        }
        registry.require(self, objective.name());
    }

    /** Fails unless this ASA may request the value of an objective, see {@link #requireNegotiable}. */
    public void requireSynchronizable(Objective objective) {
        requireRegistered();
        Registry.requireConsistentFlags(objective);
        if (!objective.isSynchronizable()) {
            throw GraspException.local(GraspErrorCode.NOT_SYNCHRONIZABLE, "its flags do not allow synchronization")
                    .about(objective.name());
        }
    }
}
