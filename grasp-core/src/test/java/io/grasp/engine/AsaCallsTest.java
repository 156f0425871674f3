package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grasp.config.RegistrationOptions;
import io.grasp.engine.extension.ExtensionEvents;
import io.grasp.engine.extension.ExtensionHandler;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.flood.FloodEvents;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.rapid.RapidEvents;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.Security;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.EngineLoad;
import io.grasp.substrate.Completion;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** When each call of an ASA is refused at once: it has no effect then, and sends nothing (RFC 8991 section 2.3). */
class AsaCallsTest extends TwoLinkFixture {
    private static final int TYPE = 200;
    private static final Objective BOTH = new Objective("both", EX2.flags() | EX3.flags(), 6, ObjectiveValue.NONE);

    /** A call, for an objective that is negotiable if the call is about negotiations, and otherwise synchronizable. */
    private enum Call {
        REGISTER(false, (test, objective) -> test.asa.register(objective, RegistrationOptions.DEFAULTS)),
        DEREGISTER_OBJECTIVE(false, (test, objective) -> test.asa.deregister(objective.name())),
        DISCOVER(false, (test, objective) -> test.asa.discover(objective, TIMEOUT, new Finding())),
        DISCOVER_AT(
                false,
                (test, objective) -> test.asa.discoverAt(objective, here(test.peer.node), TIMEOUT, new Finding())),
        SEARCH(false, (test, objective) -> test.asa.search(objective, TIMEOUT, each -> true, new Finding())),
        NEGOTIATE(true, (test, objective) -> {
            test.asa.negotiate(objective.withValue(1), here(test.peer.node), TIMEOUT, test.events);
        }),
        NEGOTIATE_RAPIDLY(true, (test, objective) -> {
            test.asa.negotiateRapidly(objective.withValue(1), TIMEOUT, new NoRapidEvents());
        }),
        LISTEN_NEGOTIATE(true, (test, objective) -> test.asa.listenNegotiate(objective, test.acceptor())),
        LISTEN_RAW(true, (test, objective) -> test.asa.listenRaw(objective, test.acceptor())),
        SYNCHRONIZE(
                false,
                (test, objective) ->
                        test.asa.synchronize(objective, here(test.peer.node), TIMEOUT, new Synchronized())),
        SYNCHRONIZE_RAPIDLY(
                false,
                (test, objective) -> test.asa.synchronizeRapidly(objective, TIMEOUT, new Synchronized(), () -> {})),
        LISTEN_SYNCHRONIZE(false, (test, objective) -> test.asa.listenSynchronize(objective, () -> {})),
        FLOOD(false, (test, objective) -> {
            test.asa.flood(
                    List.of(TaggedObjective.untagged(objective.withValue(1))),
                    Duration.ofMinutes(1),
                    Completion.IGNORED);
        }),
        GET_FLOOD(false, (test, objective) -> test.asa.getFlood(objective.name())),
        WATCH_FLOODS(false, (test, objective) -> test.asa.watchFloods(objective.name(), new NoFloodEvents())),
        EXPIRE_FLOOD(false, (test, objective) -> test.asa.expireFlood(TaggedObjective.untagged(objective))),
        EXPIRE_FLOODED(false, (test, objective) -> test.asa.expireFlood(test.flooded)),
        ON_MESSAGES(false, (test, objective) -> test.asa.onMessages(TYPE, new NoHandler<>())),
        ON_OPTIONS(false, (test, objective) -> test.asa.onOptions(TYPE, new NoHandler<>())),
        MULTICAST(false, (test, objective) -> test.asa.multicast(TYPE, List.of(), Completion.IGNORED)),
        ASK(false, (test, objective) -> {
            test.asa.ask(here(test.peer.node), TYPE, List.of(), TIMEOUT, new NoExtensionEvents());
        }),
        DEREGISTER(false, (test, objective) -> test.asa.deregister());

        private final boolean negotiates;
        private final Made call;

        Call(boolean negotiates, Made call) {
            this.negotiates = negotiates;
            this.call = call;
        }

        private interface Made {
            void by(AsaCallsTest test, Objective objective);
        }
    }

    private FloodedObjective flooded;

    private GraspException refusal(Call call, Objective objective) {
        GraspException[] thrown = new GraspException[1];
        assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> loop.run(() -> call.call.by(this, objective)))
                .satisfies(e -> thrown[0] = e);
        int before = sent.size();
        moment();
        assertThat(sent).as("nothing is sent").hasSize(before);
        return thrown[0];
    }

    private static Objective of(Call call) {
        return call.negotiates ? EX3 : EX2;
    }

    /** A flood of the ASA itself, so that there is one to expire. */
    private void floodOnce() {
        loop.run(() -> asa.flood(
                List.of(TaggedObjective.untagged(EX2.withValue(1))), Duration.ofMinutes(1), Completion.IGNORED));
        moment();
        flooded = loop.call(() -> asa.getFlood("EX2")).get(0);
    }

    @ParameterizedTest
    @EnumSource
    void aDeregisteredAsaMayNotCall(Call call) {
        floodOnce();
        EngineAsa successor = loop.call(() -> {
            asa.deregister();
            EngineAsa same = engine.registerAsa("asa");
            same.register(EX2, RegistrationOptions.DEFAULTS);
            same.register(EX3, RegistrationOptions.DEFAULTS);
            return same;
        });

        GraspException refused = refusal(call, of(call));

        assertThat(refused.code()).isEqualTo(GraspErrorCode.NO_ASA);
        assertThat(refused).hasMessageContaining("the ASA asa was deregistered");
        assertThat(asa.isRegistered()).isFalse();
        assertThat(successor.isRegistered()).isTrue();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"DEREGISTER_OBJECTIVE", "DEREGISTER"})
    void noAsaMayCallAfterItsNodeWasClosed(Call call) {
        floodOnce();
        loop.run(() -> engine.close(failure -> {}));
        moment();

        GraspException refused = refusal(call, of(call));
        assertThat(refused.code()).isEqualTo(GraspErrorCode.UNSPECIFIED);
        assertThat(refused).hasMessageContaining("the node is closed");
    }

    @ParameterizedTest
    @EnumSource(names = {"DEREGISTER_OBJECTIVE", "DEREGISTER"})
    void anAsaOfAClosedNodeIsDeregisteredAlready(Call call) {
        loop.run(() -> engine.close(failure -> {}));
        moment();

        loop.run(() -> call.call.by(this, of(call)));

        assertThat(asa.isRegistered()).isFalse();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {
                "REGISTER",
                "DEREGISTER_OBJECTIVE",
                "EXPIRE_FLOOD",
                "EXPIRE_FLOODED",
                "ON_MESSAGES",
                "ON_OPTIONS",
                "DEREGISTER"
            })
    void whatUsesTheNetworkIsRefusedWithoutSecurity(Call call) {
        loop.run(() -> node.setSecurity(Security.NONE));

        assertThat(refusal(call, of(call)).code()).isEqualTo(GraspErrorCode.NO_SECURITY);
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "REGISTER",
                "DISCOVER",
                "DISCOVER_AT",
                "SEARCH",
                "NEGOTIATE",
                "NEGOTIATE_RAPIDLY",
                "LISTEN_NEGOTIATE",
                "LISTEN_RAW",
                "SYNCHRONIZE",
                "SYNCHRONIZE_RAPIDLY",
                "LISTEN_SYNCHRONIZE",
                "FLOOD"
            })
    void anObjectiveForNegotiationAndSynchronizationIsRefused(Call call) {
        assertThat(refusal(call, BOTH).code()).isEqualTo(GraspErrorCode.NOT_BOTH);
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "NEGOTIATE",
                "NEGOTIATE_RAPIDLY",
                "LISTEN_NEGOTIATE",
                "LISTEN_RAW",
                "SYNCHRONIZE",
                "SYNCHRONIZE_RAPIDLY",
                "LISTEN_SYNCHRONIZE",
                "FLOOD"
            })
    void anObjectiveOfTheOtherKindIsRefused(Call call) {
        assertThat(refusal(call, call.negotiates ? EX2 : EX3).code())
                .isEqualTo(call.negotiates ? GraspErrorCode.NOT_NEGOTIABLE : GraspErrorCode.NOT_SYNCHRONIZABLE);
    }

    @Test
    void anObjectiveThatFitsNoResponseIsNotRegistered() {
        Objective many = Objective.negotiable("many");
        RegistrationOptions options = RegistrationOptions.DEFAULTS.withLocators(IntStream.rangeClosed(1, 200)
                .<Locator>mapToObj(port -> new Locator.Fqdn("host.example.com", Locator.TCP, port))
                .toList());
        loop.run(() -> assertThatExceptionOfType(GraspException.class)
                .isThrownBy(() -> asa.register(many, options))
                .satisfies(e -> assertThat(e.objective()).contains("many")));

        loop.run(() -> asa.register(many, RegistrationOptions.DEFAULTS));
    }

    @Test
    void aFloodIsExpiredOnce() {
        floodOnce();
        loop.run(() -> asa.expireFlood(flooded));
        assertThat(loop.call(() -> asa.getFlood("EX2"))).isEmpty();

        for (Call again : List.of(Call.EXPIRE_FLOODED, Call.EXPIRE_FLOOD)) {
            GraspException refused = refusal(again, EX2);
            assertThat(refused.code()).isEqualTo(GraspErrorCode.NOT_OBJECTIVE);
            assertThat(refused.objective()).contains("EX2");
        }
    }

    @Test
    void theEndOfAnAsaEndsWhatItHasBegun() {
        ScriptedPeer.Wire wire = request(EX3.withValue(1));
        Synchronized result = new Synchronized();
        loop.run(() -> asa.synchronize(EX2, here(peer.node), TIMEOUT, result));

        loop.run(asa::abandon);
        moment();

        assertThat(events.failure.code()).isEqualTo(GraspErrorCode.NO_SESSION);
        assertThat(events.failure).hasMessageContaining("the ASA asa was abandoned");
        assertThat(result.failure.code()).isEqualTo(GraspErrorCode.NO_SESSION);
        assertThat(wire.inputEnded).isTrue();
        assertThat(asa.isRegistered()).isFalse();
        assertThat(engine.load()).isEqualTo(EngineLoad.NONE);
        loop.run(asa::abandon);
    }

    private static final class NoRapidEvents implements RapidEvents {
        @Override
        public void ordinary() {}

        @Override
        public void begun(NegotiationSession session) {}

        @Override
        public void offered(Objective offer) {}

        @Override
        public void ended(NegotiationOutcome outcome) {}

        @Override
        public void failed(GraspException failure) {}
    }

    private static final class NoFloodEvents implements FloodEvents {
        @Override
        public void flooded(FloodedObjective objective, TrafficSource source) {}

        @Override
        public void stopped() {}
    }

    private static final class NoExtensionEvents implements ExtensionEvents {
        @Override
        public void answered(ExtensionMessage answer) {}

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {}
    }

    private static final class NoHandler<T> implements ExtensionHandler<T> {
        @Override
        public boolean received(T received) {
            return true;
        }

        @Override
        public void stopped() {}
    }
}
