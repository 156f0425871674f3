package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Asa;
import io.grasp.api.Negotiation;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.PrefixForm;
import io.grasp.samples.prefix.PrefixParams;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PoolEntry;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.SimLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** The two halves of a prefix manager on simulated networks. */
class PrefixManagerTest {
    private static final PrefixManagerConfig ORIGIN = PrefixManagerConfig.of(ManagerRole.ORIGIN);
    private static final PrefixManagerConfig DELEGATING = PrefixManagerConfig.of(ManagerRole.DELEGATING);
    private static final PrefixManagerConfig REQUESTING =
            PrefixManagerConfig.of(ManagerRole.REQUESTING).withNeeds(FamilyNeeds.IPV6.withReserve(1));
    private static final LinkConditions CONDITIONS = LinkConditions.PERFECT.withDelay(Duration.ofMillis(5));

    private static List<Prefix> prefixes(Managers managers, Managers.Running manager, EntryState state) {
        return managers.status(manager).entries(state).stream()
                .map(PoolEntry::prefix)
                .toList();
    }

    private static List<Prefix> parse(String... texts) {
        return List.of(texts).stream().map(Prefix::parse).toList();
    }

    @Test
    void aRequesterGetsAPrefixOfTheLengthThatTheOriginAnnouncesForItsRole() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", CONDITIONS, "origin", "edge");
            Managers managers = new Managers(run);
            Managers.Running origin = managers.start(
                    "origin", ORIGIN.withParams(PrefixParams.DEFAULTS.withLength("CSG", 52)), "2001:db8::/32");
            run.advance(Duration.ofSeconds(10));

            Managers.Running edge = managers.start("edge", REQUESTING.withDeviceRole("CSG"));
            run.advance(Duration.ofMinutes(2));

            assertThat(edge.events(PrefixEvent.ParamsChanged.class)).hasSize(1);
            assertThat(prefixes(managers, edge, EntryState.FREE)).isEqualTo(parse("2001:db8::/52"));
            assertThat(prefixes(managers, origin, EntryState.DELEGATED)).isEqualTo(parse("2001:db8::/52"));
            assertThat(origin.events(PrefixEvent.Assigned.class)).hasSize(1);
        });
    }

    @Test
    void anAnnouncedLengthThatNoProviderGrantsIsIgnored() {
        SimulationRunner.verify(5, run -> {
            run.link("lan", CONDITIONS, "origin", "edge");
            Managers managers = new Managers(run);
            managers.start("origin", ORIGIN.withParams(new PrefixParams(Map.of("CSG", 8))), "2001:db8::/32");

            Managers.Running edge = managers.start("edge", REQUESTING.withDeviceRole("CSG"));
            run.advance(Duration.ofMinutes(2));

            assertThat(edge.events(PrefixEvent.ParamsChanged.class)).hasSize(1);
            assertThat(prefixes(managers, edge, EntryState.FREE)).isEqualTo(parse("2001:db8::/56"));
        });
    }

    @Test
    void anAttemptWithoutAnyProviderIsReported() {
        SimulationRunner.verify(7, run -> {
            run.link("lan", CONDITIONS, "edge", "other");
            Managers managers = new Managers(run);
            Managers.Running edge = managers.start(
                    run.start("edge"),
                    "edge",
                    PrefixManagerConfig.of(ManagerRole.REQUESTING),
                    PoolConfig.DEFAULTS,
                    new RecordingHook().on("eth0"));
            run.advance(Duration.ofMinutes(1));

            assertThat(edge.events(PrefixEvent.NotObtained.class))
                    .hasSizeBetween(2, 10)
                    .contains(new PrefixEvent.NotObtained(AddressFamily.IPV6, 56, "", "no provider was found"));
        });
    }

    @Test
    void pausesAreShortAgainAfterAPrefixWasObtained() {
        SimulationRunner.verify(11, run -> {
            SimLink lan = run.link("lan", CONDITIONS, "origin", "edge");
            Managers managers = new Managers(run);
            managers.start("origin", ORIGIN, "2001:db8::/32");
            lan.down();
            Managers.Running edge = managers.start(
                    "edge", REQUESTING.withNeeds(FamilyNeeds.IPV6.withLength(56).withReserve(1 << 30)));
            run.advance(Duration.ofHours(1));
            lan.up();
            for (int i = 0; edge.events(PrefixEvent.Obtained.class).isEmpty() && i < 600; i++) {
                run.advance(Duration.ofSeconds(1));
            }
            lan.down();
            run.advance(Duration.ofSeconds(30));
            int obtained = edge.events(PrefixEvent.Obtained.class).size();
            assertThat(obtained).isPositive();

            lan.up();
            run.advance(Duration.ofMinutes(1));

            assertThat(edge.events(PrefixEvent.Obtained.class)).hasSizeGreaterThan(obtained);
        });
    }

    @Test
    void requestsOfPfxm4AreDeclinedInItsOwnObjective() {
        SimulationRunner.verify(8, run -> {
            run.link("lan", CONDITIONS, "origin", "pfxm4");
            Managers managers = new Managers(run);
            Managers.Running origin = managers.start("origin", ORIGIN, "2001:db8::/32");
            Objective objective = Objective.negotiable("PrefixManagerT");
            Asa asa = managers.await(run.start("pfxm4").registerAsa("pfxm4"));
            run.await(asa.register(objective));

            Negotiation answered = managers.await(asa.requestNegotiate(objective.withValue(List.of(56, "tagged"))));

            String reason = "Tagged prefixes (RFC 9164) not supported, use the form of RFC 8992";
            assertThat(((NegotiationOutcome.Declined) answered.outcome().orElseThrow()).reason())
                    .isEqualTo(reason);
            assertThat(origin.events(PrefixEvent.Declined.class))
                    .extracting(PrefixEvent.Declined::reason)
                    .containsExactly(reason);
        });
    }

    @Test
    void eachFormAndBothVersionsOfIpAreAnswered() {
        SimulationRunner.verify(2, run -> {
            run.link("lan", CONDITIONS, "origin", "base", "null", "ipv4");
            Managers managers = new Managers(run);
            managers.start("origin", ORIGIN, "2001:db8::/32", "10.0.0.0/8");

            Managers.Running base = managers.start("base", REQUESTING.withForm(PrefixForm.BASE));
            Managers.Running asPfxm3 = managers.start("null", REQUESTING.withForm(PrefixForm.EXTENDED_WITH_NULL));
            Managers.Running ipv4 = managers.start(
                    "ipv4", REQUESTING.withForm(PrefixForm.BASE).withNeeds(FamilyNeeds.IPV4.withReserve(4)));
            run.advance(Duration.ofMinutes(2));

            assertThat(prefixes(managers, base, EntryState.FREE)).hasSize(1);
            assertThat(prefixes(managers, asPfxm3, EntryState.FREE)).hasSize(1);
            assertThat(prefixes(managers, ipv4, EntryState.FREE))
                    .extracting(Prefix::family)
                    .containsExactlyInAnyOrder(AddressFamily.IPV6, AddressFamily.IPV4);
        });
    }

    @Test
    void aDelegatorThatIsShortOfSpaceAsksTheRequesterToWaitAndGetsMore() {
        SimulationRunner.verify(3, run -> {
            run.link("up", CONDITIONS, "origin", "middle");
            run.link("down", CONDITIONS, "middle", "edge");
            Managers managers = new Managers(run);
            managers.start("origin", ORIGIN, "2001:db8::/32");
            Managers.Running middle = managers.start(
                    "middle",
                    DELEGATING.withNeeds(FamilyNeeds.IPV6.withLength(60).withReserve(1)));
            run.advance(Duration.ofMinutes(1));
            assertThat(prefixes(managers, middle, EntryState.FREE)).isEqualTo(parse("2001:db8::/60"));

            Managers.Running edge = managers.start(
                    "edge", REQUESTING.withNeeds(FamilyNeeds.IPV6.withLength(48).withReserve(1)));
            run.advance(Duration.ofMinutes(1));

            assertThat(middle.events(PrefixEvent.Waiting.class)).hasSize(1);
            assertThat(prefixes(managers, edge, EntryState.FREE))
                    .extracting(Prefix::length)
                    .containsExactly(48);
            assertThat(edge.events(PrefixEvent.NotObtained.class)).isEmpty();
        });
    }

    @Test
    void aRequestReachesTheOriginOnlyIfItsLoopCountIsTheNumberOfManagersBetweenThemAndTwo() {
        SimulationRunner.verify(10, run -> {
            run.link("up", CONDITIONS, "origin", "middle");
            run.link("down", CONDITIONS, "middle", "enough", "few");
            Managers managers = new Managers(run);
            managers.start("origin", ORIGIN, "2001:db8::/32");
            managers.start(
                    "middle",
                    DELEGATING.withNeeds(FamilyNeeds.IPV6.withLength(64).withReserve(1)));
            run.advance(Duration.ofMinutes(1));

            Managers.Running few = managers.start("few", REQUESTING.withLoopCount(2));
            run.advance(Duration.ofMinutes(1));
            assertThat(few.events(PrefixEvent.NotObtained.class))
                    .isNotEmpty()
                    .allMatch(event ->
                            event.reason().equals("declined: No prefix available, and the loop count is used up"));

            Managers.Running enough = managers.start("enough", REQUESTING.withLoopCount(3));
            run.advance(Duration.ofMinutes(1));
            assertThat(prefixes(managers, enough, EntryState.FREE)).hasSize(1);
            assertThat(prefixes(managers, few, EntryState.FREE)).isEmpty();
        });
    }

    @Test
    void aProviderThatOnceHadToBeHelpedIsAskedForRequestersAgain() {
        SimulationRunner.verify(9, run -> {
            SimLink up = run.link("up", CONDITIONS, "origin", "upper");
            run.link("middle", CONDITIONS, "upper", "lower");
            run.link("down", CONDITIONS, "lower", "edge");
            up.down();
            Managers managers = new Managers(run);
            managers.start("origin", ORIGIN, "2001:db8::/32");
            managers.start("lower", DELEGATING, "2001:db9::/62");
            Managers.Running upper = managers.start(
                    "upper",
                    DELEGATING.withNeeds(FamilyNeeds.IPV6.withLength(64).withReserve(1)));
            run.advance(Duration.ofMinutes(1));
            assertThat(prefixes(managers, upper, EntryState.FREE)).isEqualTo(parse("2001:db9::/64"));

            Managers.Running edge = managers.start(
                    "edge", REQUESTING.withNeeds(FamilyNeeds.IPV6.withLength(60).withReserve(8)));
            run.advance(Duration.ofMinutes(4));
            assertThat(edge.events(PrefixEvent.NotObtained.class)).hasSizeGreaterThan(3);
            assertThat(upper.events(PrefixEvent.Waiting.class))
                    .as("requests to one that has less and has just declined")
                    .hasSize(1);

            up.up();
            run.advance(Duration.ofMinutes(15));
            assertThat(prefixes(managers, edge, EntryState.FREE))
                    .extracting(Prefix::length)
                    .contains(60);
        });
    }

    /** A hook that notes what it is called for, and fails as often as the test says. */
    private static final class RecordingHook implements PrefixManager.Hook {
        private final List<String> calls = new ArrayList<>();
        private int failures;

        @Override
        public Mono<Void> apply(Delegation delegation) {
            return called("add", delegation);
        }

        @Override
        public Mono<Void> remove(Delegation delegation) {
            return called("remove", delegation);
        }

        private Mono<Void> called(String action, Delegation delegation) {
            calls.add(action + " " + delegation.prefix() + " " + delegation.name());
            return failures-- > 0 ? Mono.error(new IllegalStateException("busy")) : Mono.empty();
        }

        PrefixManager.Uses on(String... interfaces) {
            return new PrefixManager.Uses(
                    Stream.of(interfaces)
                            .map(name -> new PrefixManager.Use(name, AddressFamily.IPV6))
                            .toList(),
                    Optional.of(this));
        }
    }

    @Test
    void anInterfaceKeepsItsPrefixAfterARestartAndTheHookIsRepeatedUntilItSucceeds() {
        SimulationRunner.verify(4, run -> {
            run.link("lan", CONDITIONS, "origin", "edge");
            Managers managers = new Managers(run);
            managers.start("origin", ORIGIN, "2001:db8::/32");
            RecordingHook hook = new RecordingHook();
            hook.failures = 1;
            PrefixManagerConfig config = PrefixManagerConfig.of(ManagerRole.REQUESTING);
            Managers.Running edge =
                    managers.start(run.start("edge"), "edge", config, PoolConfig.DEFAULTS, hook.on("eth0", "eth0"));
            run.advance(Duration.ofMinutes(1));

            String added = "add 2001:db8::/64 eth0";
            assertThat(hook.calls).containsExactly(added, added);
            assertThat(edge.events(PrefixEvent.HookFailed.class)).hasSize(1);

            run.network().node("edge").crash();
            edge.activity().dispose();
            managers.start(run.start("edge"), "edge", config, PoolConfig.DEFAULTS, hook.on("eth0"));
            run.advance(Duration.ofMinutes(1));
            assertThat(hook.calls).containsExactly(added, added, added);
        });
    }

    @Test
    void whatInterfacesNoLongerNeedIsReleasedWhenTheHookHasRemovedIt() {
        SimulationRunner.verify(6, run -> {
            run.link("lan", CONDITIONS, "edge");
            Managers managers = new Managers(run);
            RecordingHook hook = new RecordingHook();
            Managers.Running before = managers.start(
                    run.start("edge"), "edge", ORIGIN, PoolConfig.DEFAULTS, hook.on("eth0", "eth1"), "2001:db8::/56");
            run.advance(Duration.ofSeconds(1));
            assertThat(prefixes(managers, before, EntryState.ASSIGNED))
                    .isEqualTo(parse("2001:db8::/64", "2001:db8:0:1::/64"));
            run.network().node("edge").crash();
            before.activity().dispose();
            hook.calls.clear();
            hook.failures = 2; // one of each interface

            Managers.Running after = managers.start(
                    run.start("edge"), "edge", ORIGIN, PoolConfig.DEFAULTS, hook.on("eth0"), "2001:db8::/56");
            run.advance(Duration.ofMillis(100));
            assertThat(prefixes(managers, after, EntryState.ASSIGNED)).hasSize(2);
            run.advance(Duration.ofMinutes(1));

            assertThat(prefixes(managers, after, EntryState.ASSIGNED)).isEqualTo(parse("2001:db8::/64"));
            assertThat(hook.calls).endsWith("remove 2001:db8:0:1::/64 eth1");
            assertThat(after.events(PrefixEvent.Released.class)).hasSize(1);
            assertThatThrownBy(() -> run.await(after.manager().release(Prefix.parse("2001:db8::/64"))))
                    .hasMessage("2001:db8::/64 is delegated to the interface eth0");

            run.network().node("edge").crash();
            after.activity().dispose();
            Managers.Running without =
                    managers.start(run.start("edge"), "edge", ORIGIN, PoolConfig.DEFAULTS, PrefixManager.Uses.NONE);
            run.advance(Duration.ofMinutes(1));
            assertThat(prefixes(managers, without, EntryState.ASSIGNED)).isEqualTo(parse("2001:db8::/64"));
            run.await(without.manager().release(Prefix.parse("2001:db8::/64")));
            assertThat(prefixes(managers, without, EntryState.FREE)).isEqualTo(parse("2001:db8::/56"));
        });
    }

    @Test
    void aPrefixThatAnotherInterfaceHasGotMeanwhileIsNotReleasedWhenTheHookSucceeds() {
        SimulationRunner.verify(9, run -> {
            run.link("lan", CONDITIONS, "edge");
            Managers managers = new Managers(run);
            RecordingHook hook = new RecordingHook();
            Managers.Running before = managers.start(
                    run.start("edge"), "edge", ORIGIN, PoolConfig.DEFAULTS, hook.on("eth0", "eth1"), "2001:db8::/63");
            run.advance(Duration.ofSeconds(1));
            run.network().node("edge").crash();
            before.activity().dispose();
            hook.failures = Integer.MAX_VALUE;
            Managers.Running after = managers.start(
                    run.start("edge"), "edge", ORIGIN, PoolConfig.DEFAULTS, hook.on("eth0", "eth2"), "2001:db8::/63");
            run.advance(Duration.ofMinutes(1));

            run.await(after.manager().release(Prefix.parse("2001:db8:0:1::/64")));
            run.advance(Duration.ofMinutes(10));
            assertThat(managers.status(after).entries(EntryState.ASSIGNED))
                    .extracting(PoolEntry::party)
                    .containsExactly("eth0", "eth2");
            hook.failures = 0;
            hook.calls.clear();
            run.advance(Duration.ofMinutes(10));

            assertThat(hook.calls).contains("remove 2001:db8:0:1::/64 eth1");
            assertThat(prefixes(managers, after, EntryState.ASSIGNED))
                    .isEqualTo(parse("2001:db8::/64", "2001:db8:0:1::/64"));
            assertThat(after.events(PrefixEvent.Released.class)).isEmpty();
            assertThatThrownBy(() -> run.await(after.manager().release(Prefix.parse("2001:db8::/56"))))
                    .hasMessage("2001:db8::/56 is not assigned");
        });
    }
}
