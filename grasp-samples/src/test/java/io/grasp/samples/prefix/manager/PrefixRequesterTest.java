package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.model.Objective;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.PoolEntry;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** How a requester looks for providers, and what it does with their answers. */
class PrefixRequesterTest {
    private static final LinkConditions CONDITIONS = LinkConditions.PERFECT.withDelay(Duration.ofMillis(5));
    private static final Objective PREFIX_MANAGER = Objective.negotiable("PrefixManager");
    private static final PrefixManagerConfig ORIGIN = PrefixManagerConfig.of(ManagerRole.ORIGIN);

    private static PrefixManagerConfig requesting(int length, int reserve) {
        return PrefixManagerConfig.of(ManagerRole.REQUESTING)
                .withNeeds(FamilyNeeds.IPV6.withLength(length).withReserve(reserve));
    }

    private static List<String> prefixes(Managers managers, Managers.Running manager, EntryState state) {
        return managers.status(manager).entries(state).stream()
                .map(PoolEntry::prefix)
                .map(Prefix::toString)
                .toList();
    }

    private static long discoveries(SimulationRunner run) {
        return run.simulation().trace().lines().stream()
                .filter(line -> line.contains("DELIVERED       edge -> edge") && line.contains("[\"PrefixManager\","))
                .count();
    }

    @Test
    void aProviderThatHasHelpedIsAskedWithoutADiscoveryAndForgottenWhenItFails() {
        SimulationRunner.verify(1, run -> {
            run.link("lan", CONDITIONS, "one", "other", "edge");
            Managers managers = new Managers(run);
            managers.start("one", ORIGIN, "2001:db8:1::/48");
            Managers.Running edge = managers.start("edge", requesting(64, 3));
            run.advance(Duration.ofSeconds(10));
            assertThat(edge.events(PrefixEvent.Obtained.class)).hasSize(3);
            assertThat(discoveries(run)).isEqualTo(1);

            managers.start("other", ORIGIN, "2001:db8:2::/48");
            run.network().node("one").crash();
            managers.await(edge.pool().assign("use", AddressFamily.IPV6, 64));
            run.advance(Duration.ofMinutes(5));

            assertThat(prefixes(managers, edge, EntryState.FREE)).anyMatch(each -> each.startsWith("2001:db8:2:"));
        });
    }

    @Test
    void managersWithoutSpaceThatKnowOnlyEachOtherStopAsking() {
        SimulationRunner.verify(2, run -> {
            run.link("ab", CONDITIONS, "a", "b");
            run.link("bc", CONDITIONS, "b", "c");
            run.link("ca", CONDITIONS, "c", "a");
            Managers managers = new Managers(run);
            PrefixManagerConfig config = PrefixManagerConfig.of(ManagerRole.DELEGATING)
                    .withNeeds(FamilyNeeds.IPV6.withLength(48).withReserve(65536));
            Managers.Running a = managers.start("a", config, "2001:db8:a::/60");
            Managers.Running b = managers.start("b", config, "2001:db8:b::/60");
            Managers.Running c = managers.start("c", config, "2001:db8:c::/60");
            run.advance(Duration.ofHours(1));

            long requests = run.simulation().trace().lines().stream()
                    .filter(line -> line.contains("M_REQ_NEG"))
                    .count();
            assertThat(requests).isLessThan(500);
            for (Managers.Running each : List.of(a, b, c)) {
                assertThat(prefixes(managers, each, EntryState.OFFERED)).isEmpty();
                assertThat(prefixes(managers, each, EntryState.IN_DOUBT)).isEmpty();
            }
        });
    }

    @Test
    void managersThatAreShortOfSpaceDoNotPassTheirReservesToAndFro() {
        SimulationRunner.verify(4, run -> {
            run.link("lan", CONDITIONS, "a", "b");
            Managers managers = new Managers(run);
            PrefixManagerConfig config = PrefixManagerConfig.of(ManagerRole.DELEGATING)
                    .withNeeds(FamilyNeeds.IPV6.withLength(62).withReserve(4));
            Managers.Running a = managers.start("a", config, "2001:db8::/61");
            Managers.Running b = managers.start("b", config);
            run.advance(Duration.ofMinutes(10));
            assertThat(prefixes(managers, b, EntryState.FREE)).containsExactly("2001:db8::/62");

            managers.await(b.pool().assign("use", AddressFamily.IPV6, 63));
            run.advance(Duration.ofHours(1));

            assertThat(prefixes(managers, a, EntryState.FREE)).containsExactly("2001:db8:0:4::/62");
            assertThat(a.events(PrefixEvent.Assigned.class)).hasSize(1);
            assertThat(b.events(PrefixEvent.Assigned.class)).isEmpty();
            assertThat(b.events(PrefixEvent.NotObtained.class)).hasSizeBetween(10, 60);
        });
    }

    @Test
    void offersThatAreInvalidOrOverlapOwnPrefixesAreDeclined() {
        SimulationRunner.verify(3, run -> {
            run.link("lan", CONDITIONS, "provider", "edge");
            Managers managers = new Managers(run);
            List<String> reasons = new ArrayList<>();
            List<List<Object>> offers = List.of(
                    List.of(6, 64, HexFormat.of().parseHex("ff020db8000000000000000000000000")),
                    List.of(4, 24, HexFormat.of().parseHex("0a000000")),
                    List.of(6, 64, HexFormat.of().parseHex("20010db8000000000000000000000001")),
                    List.of(6, 60, HexFormat.of().parseHex("20010db8000000000000000000000000")));
            Asa asa = managers.await(run.start("provider").registerAsa("provider"));
            run.await(asa.register(PREFIX_MANAGER));
            int[] count = {0};
            run.inBackground(asa.listenNegotiate(
                    PREFIX_MANAGER,
                    negotiation -> negotiation
                            .step(offers.get(count[0]++ % offers.size()))
                            .doOnNext(answered ->
                                    answered.outcome().ifPresent(outcome -> reasons.add(outcome.toString())))
                            .onErrorResume(failure -> Mono.empty())));
            Managers.Running edge = managers.start("edge", requesting(64, 100), "2001:db8::/60");
            run.advance(Duration.ofMinutes(5));

            assertThat(reasons).hasSizeGreaterThanOrEqualTo(4).allMatch(reason -> reason.contains("Declined"));
            assertThat(reasons).anyMatch(reason -> reason.contains("Prefix overlaps another one"));
            assertThat(edge.events(PrefixEvent.Obtained.class)).isEmpty();
            assertThat(prefixes(managers, edge, EntryState.FREE)).containsExactly("2001:db8::/60");
        });
    }

    @Test
    void aPrefixThatWasAcceptedIsUsedWhenTheStoreTakesIt() {
        SimulationRunner.verify(5, run -> {
            run.link("lan", CONDITIONS, "origin", "edge");
            Managers managers = new Managers(run);
            Managers.Running origin = managers.start("origin", ORIGIN, "2001:db8::/48");
            managers.store("edge").fail(1, 3);
            Managers.Running edge = managers.start("edge", requesting(64, 1));
            run.advance(Duration.ofSeconds(3));
            assertThat(prefixes(managers, edge, EntryState.ACCEPTING)).containsExactly("2001:db8::/64");
            assertThat(prefixes(managers, origin, EntryState.DELEGATED)).containsExactly("2001:db8::/64");
            assertThat(edge.events(PrefixEvent.Obtained.class)).isEmpty();

            run.advance(Duration.ofMinutes(1));

            assertThat(prefixes(managers, edge, EntryState.FREE)).containsExactly("2001:db8::/64");
            assertThat(edge.events(PrefixEvent.NotStored.class)).hasSize(3);
            assertThat(edge.events(PrefixEvent.Obtained.class)).hasSize(1);
        });
    }

    @Test
    void anOfferThatCannotBeStoredIsDeclinedAndNotInDoubt() {
        SimulationRunner.verify(6, run -> {
            run.link("lan", CONDITIONS, "origin", "edge");
            Managers managers = new Managers(run);
            Managers.Running origin = managers.start("origin", ORIGIN, "2001:db8::/48");
            Managers.Running edge = managers.start("edge", requesting(64, 1));
            managers.store("edge").fail(0, 1);
            run.advance(Duration.ofMinutes(1));

            assertThat(origin.events(PrefixEvent.Returned.class))
                    .extracting(PrefixEvent.Returned::reason)
                    .containsExactly("Prefixes cannot be stored");
            assertThat(edge.events(PrefixEvent.NotStored.class)).hasSize(1);
            assertThat(prefixes(managers, edge, EntryState.FREE)).containsExactly("2001:db8::/64");
            assertThat(prefixes(managers, origin, EntryState.IN_DOUBT)).isEmpty();
        });
    }

    @Test
    void anOfferThatIsStoredTooLateIsNotInDoubtIfThePeerHasGoneMeanwhile() {
        SimulationRunner.verify(7, run -> {
            run.link("lan", CONDITIONS, "origin", "edge");
            Managers managers = new Managers(run);
            Managers.Running origin = managers.start("origin", ORIGIN, "2001:db8::/48");
            Managers.Running edge = managers.start("edge", requesting(64, 1));
            List<Runnable> tasks = new ArrayList<>();
            managers.store("edge").setExecutor(tasks::add);
            run.runUntil(() -> !tasks.isEmpty(), Duration.ofSeconds(10));
            origin.activity().dispose();
            run.advance(Duration.ofSeconds(1));

            managers.store("edge").setExecutor(Runnable::run);
            tasks.forEach(Runnable::run);
            run.advance(Duration.ofSeconds(1));

            assertThat(tasks).isNotEmpty();
            assertThat(edge.events(PrefixEvent.NotObtained.class))
                    .extracting(PrefixEvent.NotObtained::reason)
                    .contains("Offer could not be stored in time");
            assertThat(managers.status(edge).entries()).isEmpty();
        });
    }

    @Test
    void aDrainedManagerRequestsNothingMoreForItsReserve() {
        SimulationRunner.verify(8, run -> {
            run.link("lan", CONDITIONS, "origin", "edge");
            Managers managers = new Managers(run);
            managers.start("origin", ORIGIN, "2001:db8::/48");
            Managers.Running edge = managers.start("edge", requesting(64, 1));
            run.advance(Duration.ofSeconds(10));
            assertThat(edge.events(PrefixEvent.Obtained.class)).hasSize(1);

            edge.manager().drain();
            managers.await(edge.pool().assign("use", AddressFamily.IPV6, 64));
            run.advance(Duration.ofMinutes(10));

            assertThat(edge.events(PrefixEvent.Obtained.class)).hasSize(1);
            assertThat(edge.activity().isDisposed()).isFalse();
        });
    }
}
