package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.PrefixForm;
import io.grasp.samples.prefix.PrefixParams;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.samples.prefix.pool.PoolEntry;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
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
    void anInterfaceKeepsItsPrefixAfterARestartAndTheHookIsRepeatedUntilItSucceeds() {
        SimulationRunner.verify(4, run -> {
            run.link("lan", CONDITIONS, "origin", "edge");
            Managers managers = new Managers(run);
            managers.start("origin", ORIGIN, "2001:db8::/32");
            List<Delegation> applied = new ArrayList<>();
            Iterator<Mono<Void>> results = List.of(
                            Mono.<Void>error(new IllegalStateException("busy")), Mono.<Void>empty(), Mono.<Void>empty())
                    .iterator();
            PrefixManager.Uses uses =
                    new PrefixManager.Uses(List.of(new PrefixManager.Use("eth0", AddressFamily.IPV6)), delegation -> {
                        applied.add(delegation);
                        return results.next();
                    });
            PrefixManagerConfig config = PrefixManagerConfig.of(ManagerRole.REQUESTING);
            Managers.Running edge = managers.start(run.start("edge"), "edge", config, PoolConfig.DEFAULTS, uses);
            run.advance(Duration.ofMinutes(1));

            Delegation expected = new Delegation("eth0", Prefix.parse("2001:db8::/64"));
            assertThat(applied).containsExactly(expected, expected);
            assertThat(edge.events(PrefixEvent.HookFailed.class)).hasSize(1);

            run.network().node("edge").crash();
            edge.activity().dispose();
            managers.start(run.start("edge"), "edge", config, PoolConfig.DEFAULTS, uses);
            run.advance(Duration.ofMinutes(1));
            assertThat(applied).containsExactly(expected, expected, expected);
        });
    }
}
