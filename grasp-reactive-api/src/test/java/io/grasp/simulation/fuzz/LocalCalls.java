package io.grasp.simulation.fuzz;

import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.EngineAsa;
import io.grasp.engine.GraspEngine;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.extension.ExtensionEvents;
import io.grasp.engine.extension.ExtensionExchange;
import io.grasp.engine.extension.ExtensionHandler;
import io.grasp.engine.extension.ReceivedExtension;
import io.grasp.engine.extension.ReceivedOption;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodEvents;
import io.grasp.engine.negotiation.NegotiationAcceptor;
import io.grasp.engine.negotiation.NegotiationListening;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.negotiation.RawEvents;
import io.grasp.engine.negotiation.RawSession;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.rapid.RapidEvents;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.engine.synchronization.SynchronizationListening;
import io.grasp.model.AsaLocator;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An ASA of the engine that does what the script says. A refused call throws a {@link GraspException} and nothing else;
 * the events of each call end once.
 */
final class LocalCalls {
    private static final List<Objective> OBJECTIVES =
            List.of(ScriptedMessages.SYNCHRONIZED, ScriptedMessages.NEGOTIATED, ScriptedMessages.FLOODED);

    private static final int KEPT = 32;

    private final GraspEngine engine;
    private final WatchedSubstrate substrate;
    private final ScriptedMessages messages;
    private final Consumer<String> violated;
    private final List<AsaLocator> found = new ArrayList<>();
    private final List<Cancellable> activities = new ArrayList<>();
    private final List<NegotiationSession> sessions = new ArrayList<>();
    private final List<RawSession> raws = new ArrayList<>();
    private final List<NegotiationListening> listenings = new ArrayList<>();
    private final List<SynchronizationListening> servings = new ArrayList<>();
    private final List<ExtensionExchange> exchanges = new ArrayList<>();
    private final List<ReceivedExtension> questions = new ArrayList<>();
    private final List<FloodedObjective> floods = new ArrayList<>();
    private final List<Ending> endings = new ArrayList<>();
    private final Map<NegotiationSession, Ending> events = new IdentityHashMap<>();
    private EngineAsa asa;
    private boolean greedy;

    LocalCalls(GraspEngine engine, WatchedSubstrate substrate, ScriptedMessages messages, Consumer<String> violated) {
        this.engine = engine;
        this.substrate = substrate;
        this.messages = messages;
        this.violated = violated;
        this.asa = engine.registerAsa("scripted");
    }

    /** Makes the next call of the script. */
    void call(Script script) {
        try {
            switch (script.below(8)) {
                case 0 -> registry(script);
                case 1, 2 -> request(script);
                case 3 -> listen(script);
                case 4, 5 -> move(script);
                case 6 -> flood(script);
                default -> extension(script);
            }
        } catch (GraspException refused) {
            // the caller's error, or a state in which the call is not possible
        }
    }

    private void registry(Script script) {
        Objective objective = objective(script);
        switch (script.below(6)) {
            case 0, 1, 2 -> asa.register(objective, options(script));
            case 3 -> asa.deregister(objective.name());
            case 4 -> {
                if (script.below(8) == 0) {
                    asa.deregister();
                    asa = engine.registerAsa("scripted");
                }
            }
            default -> asa.forgetLocators(objective, Duration.ofMillis(ScriptedMessages.time(script)));
        }
    }

    private static RegistrationOptions options(Script script) {
        RapidMode[] modes = RapidMode.values();
        RegistrationOptions options = RegistrationOptions.DEFAULTS
                .withRapid(modes[script.below(modes.length)])
                .withDiscoverable(script.flag())
                .withOverlap(script.flag())
                .withLocal(script.flag())
                .withRaisedLoopCount(script.flag());
        int longest = script.octet();
        return longest == 0 ? options : options.withMaxMessageBytes(longest * 64);
    }

    private static Objective objective(Script script) {
        return OBJECTIVES.get(script.below(OBJECTIVES.size()));
    }

    private static Objective valued(Script script) {
        Objective objective = objective(script).withValue(ScriptedMessages.value(script));
        return script.below(4) == 0 ? objective.withLoopCount(script.octet()) : objective;
    }

    private static Duration timeout(Script script) {
        return Duration.ofMillis(Math.max(1, ScriptedMessages.time(script)));
    }

    private AsaLocator peer(Script script) {
        int choice = script.below(4);
        if (choice < found.size()) {
            return found.get(choice);
        }
        List<Link> links = engine.links();
        AsaLocator locator = AsaLocator.of(substrate.permit(messages.locator(script)));
        return links.isEmpty() || script.flag()
                ? locator
                : AsaLocator.of(
                        locator.locator(), links.get(script.below(links.size())).info());
    }

    private void request(Script script) {
        int kind = script.below(8);
        Objective objective = valued(script);
        Duration timeout = timeout(script);
        Ending ending = new Ending("request " + kind);
        Cancellable started = switch (kind) {
            case 0 -> asa.discover(objective, timeout, ending);
            case 1 -> asa.discoverAt(objective, peer(script), timeout, ending);
            case 2 -> asa.search(objective, timeout, locator -> !locator.diverted(), ending);
            case 3 -> asa.synchronize(objective, peer(script), timeout, ending);
            case 4 -> asa.synchronizeRapidly(objective, timeout, ending, () -> ending.end("an ordinary request"));
            case 5 -> asa.negotiateRapidly(objective, timeout, ending);
            default -> {
                NegotiationSession session = asa.negotiate(objective, peer(script), timeout, ending);
                keep(sessions, session);
                events.put(session, ending);
                yield session;
            }
        };
        ending.begun(started);
    }

    private void listen(Script script) {
        Objective objective = objective(script);
        NegotiationAcceptor acceptor = new NegotiationAcceptor() {
            @Override
            public void requested(NegotiationSession session) {
                keep(sessions, session);
                if (!greedy) {
                    take(session);
                }
            }

            @Override
            public void stopped() {}
        };
        switch (script.below(6)) {
            case 0, 1 -> keep(listenings, asa.listenNegotiate(objective, acceptor));
            case 2 -> keep(listenings, asa.listenRaw(objective, acceptor));
            case 3 -> {
                SynchronizationListening serving = asa.listenSynchronize(objective, () -> {});
                keep(servings, serving);
                serving.update(ScriptedMessages.value(script));
            }
            case 4 -> {
                if (!listenings.isEmpty()) {
                    listenings
                            .get(script.below(listenings.size()))
                            .request(script.flag() ? Long.MAX_VALUE : 1 + script.octet());
                }
            }
            default -> {
                cancel(listenings, script);
                cancel(servings, script);
            }
        }
    }

    private void cancel(List<? extends Cancellable> from, Script script) {
        if (!from.isEmpty()) {
            from.remove(script.below(from.size())).cancel();
        }
    }

    private void move(Script script) {
        int kind = script.below(12);
        if (kind == 0) {
            cancel(activities, script);
            return;
        } else if (kind == 1) {
            rawMove(script);
            return;
        } else if (sessions.isEmpty()) {
            return;
        }
        NegotiationSession session = sessions.get(script.below(sessions.size()));
        switch (kind) {
            case 2, 3 -> session.step(ScriptedMessages.value(script), timeout(script));
            case 4 -> session.step(ScriptedMessages.value(script), 1 + script.octet(), timeout(script));
            case 5 -> session.waitFor(Duration.ofMillis(ScriptedMessages.time(script)));
            case 6 -> session.accept();
            case 7 -> session.decline("x".repeat(script.octet()));
            case 8 -> session.sendInvalid(script.literal(script.below(16)));
            case 9 -> session.refuse();
            case 10 -> {
                Ending ending = new Ending("raw channel");
                sessions.remove(session);
                RawSession raw = session.raw(ending);
                replace(session, null);
                keep(raws, raw);
                ending.begun(raw);
            }
            default -> take(session);
        }
    }

    /** The session gets other events; those that it had get no more. */
    private void take(NegotiationSession session) {
        Ending ending = new Ending("session");
        session.take(ending);
        replace(session, ending);
        ending.begun(session);
    }

    private void replace(NegotiationSession session, @Nullable Ending by) {
        Ending replaced = by == null ? events.remove(session) : events.put(session, by);
        if (replaced != null) {
            replaced.cancelled = true;
        }
    }

    private void rawMove(Script script) {
        if (raws.isEmpty()) {
            return;
        }
        RawSession raw = raws.get(script.below(raws.size()));
        switch (script.below(4)) {
            case 0 -> raw.request(1 + script.octet());
            case 1 -> raw.stopReading();
            case 2 -> raw.send(ScriptedMessages.value(script), Completion.IGNORED);
            default -> raw.close();
        }
    }

    private void flood(Script script) {
        switch (script.below(5)) {
            case 0, 1 -> {
                List<TaggedObjective> tagged = new ArrayList<>();
                for (int i = script.below(3); i >= 0; i--) {
                    tagged.add(new TaggedObjective(valued(script), script.flag() ? messages.locator(script) : null));
                }
                asa.flood(tagged, timeout(script), Completion.IGNORED);
            }
            case 2 -> {
                floods.clear();
                floods.addAll(asa.getFlood(objective(script).name()));
            }
            case 3 -> {
                if (!floods.isEmpty()) {
                    asa.expireFlood(floods.remove(script.below(floods.size())));
                }
            }
            default ->
                keep(activities, asa.watchFloods(objective(script).name(), new FloodEvents() {
                    @Override
                    public void flooded(FloodedObjective objective, TrafficSource source) {
                        keep(floods, objective);
                    }

                    @Override
                    public void stopped() {}
                }));
        }
    }

    private void extension(Script script) {
        int number = ScriptedMessages.EXTENSION + script.below(2);
        List<ObjectiveValue> content = List.of(ObjectiveValue.of(script.octet()));
        boolean accepts = script.flag();
        switch (script.below(6)) {
            case 0 -> keep(activities, asa.onMessages(number, new Handler<ReceivedExtension>(accepts, questions)));
            case 1 -> keep(activities, asa.onOptions(number, new Handler<ReceivedOption>(accepts, new ArrayList<>())));
            case 2 -> asa.multicast(number, content, Completion.IGNORED);
            case 3 -> {
                Ending ending = new Ending("exchange");
                ExtensionExchange exchange = asa.ask(peer(script), number, content, timeout(script), ending);
                keep(exchanges, exchange);
                ending.begun(exchange);
            }
            case 4 -> {
                if (!exchanges.isEmpty()) {
                    exchanges.get(script.below(exchanges.size())).request(1 + script.octet());
                }
            }
            default -> {
                if (!questions.isEmpty()) {
                    ReceivedExtension question = questions.get(script.below(questions.size()));
                    question.reply(
                            new ExtensionMessage(number, question.message().session(), null, content),
                            Completion.IGNORED);
                }
            }
        }
    }

    /** Whether the sessions of listeners are left to their timers. */
    void greedy(boolean isGreedy) {
        greedy = isGreedy;
    }

    /** Every call that was not cancelled has ended once. */
    void requireEnded() {
        for (Ending ending : endings) {
            if (ending.started && !ending.cancelled && ending.ends == 0) {
                violated.accept(ending.call + " has never ended");
            }
        }
    }

    private static <T> void keep(List<T> all, T one) {
        all.add(one);
        if (all.size() > KEPT) {
            all.remove(0);
        }
    }

    /** Accepts what comes, or has no demand for it. */
    private record Handler<T>(boolean accepts, List<T> received) implements ExtensionHandler<T> {
        @Override
        public boolean received(T one) {
            if (accepts) {
                keep(received, one);
            }
            return accepts;
        }

        @Override
        public void stopped() {}
    }

    /** The events of one call. */
    private final class Ending
            implements DiscoveryEvents, SynchronizationEvents, RapidEvents, RawEvents, ExtensionEvents {
        private final String call;
        private boolean started;
        private boolean cancelled;
        private int ends;

        Ending(String call) {
            this.call = call;
            endings.add(this);
        }

        void begun(Cancellable activity) {
            started = true;
            keep(activities, () -> {
                cancelled = true;
                activity.cancel();
            });
        }

        private void end(String how) {
            ends++;
            if (ends > 1) {
                violated.accept(call + " ended " + ends + " times, now with " + how);
            }
        }

        private void event(String what) {
            if (ends > 0) {
                violated.accept(call + " got " + what + " after its end");
            }
        }

        @Override
        public void found(AsaLocator locator) {
            event("a locator");
            keep(found, locator);
        }

        @Override
        public void completed() {
            end("completion");
        }

        @Override
        public void failed(GraspException failure) {
            end(failure.getMessage());
        }

        @Override
        public void synchronised(Objective objective) {
            end("a value");
        }

        @Override
        public void offered(Objective offer) {
            event("an offer");
        }

        @Override
        public void ended(NegotiationOutcome outcome) {
            end("an outcome");
        }

        @Override
        public void begun(NegotiationSession session) {
            event("a session");
            keep(sessions, session);
            LocalCalls.this.events.put(session, this);
        }

        @Override
        public void ordinary() {
            end("an ordinary request");
        }

        @Override
        public void opened() {
            event("opened");
        }

        @Override
        public void received(ObjectiveValue item) {
            event("an item");
        }

        @Override
        public void answered(ExtensionMessage answer) {
            event("an answer");
        }
    }
}
