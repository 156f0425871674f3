package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Negotiation;
import io.grasp.cbor.CborItem;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.PeerLimits;
import io.grasp.samples.prefix.pool.PoolConfig;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What a provider answers to scripted requesters, and what it knows afterwards. */
class PrefixProviderTest {
    private static final Objective PREFIX_MANAGER = Objective.negotiable("PrefixManager");
    private static final PrefixManagerConfig ORIGIN = PrefixManagerConfig.of(ManagerRole.ORIGIN);
    private static final String POOL = "2001:db8::/56";

    /** A provider with a pool, and an ASA that asks it. */
    private static void play(PoolConfig poolConfig, String pool, BiConsumer<Setting, Managers.Running> scenario) {
        SimulationRunner.verify(1, run -> {
            run.link("lan", LinkConditions.PERFECT.withDelay(Duration.ofMillis(5)), "origin", "requester");
            Managers managers = new Managers(run);
            Managers.Running origin = managers.start(run.start("origin"), "origin", ORIGIN, poolConfig, pool);
            Asa asa = managers.await(run.start("requester").registerAsa("requester"));
            run.await(asa.register(PREFIX_MANAGER.withDryRun(true)));
            scenario.accept(new Setting(run, managers, asa), origin);
        });
    }

    private static void play(BiConsumer<Setting, Managers.Running> scenario) {
        play(PoolConfig.DEFAULTS, POOL, scenario);
    }

    private record Setting(SimulationRunner run, Managers managers, Asa asa) {
        Negotiation request(Objective objective) {
            return managers.await(asa.requestNegotiate(objective));
        }

        Negotiation request(Object value) {
            return request(PREFIX_MANAGER.withValue(value));
        }

        String declined(Object value) {
            return ((NegotiationOutcome.Declined) request(value).outcome().orElseThrow()).reason();
        }

        /** {@return the prefixes of a provider in a state} */
        List<String> prefixes(Managers.Running provider, EntryState state) {
            return managers.status(provider).entries(state).stream()
                    .map(entry -> entry.prefix().toString())
                    .toList();
        }
    }

    private static ObjectiveValue cbor(String hex) {
        try {
            return ObjectiveValue.ofItem(CborItem.of(HexFormat.of().parseHex(hex)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String offered(Negotiation negotiation) {
        return HexFormat.of().formatHex(negotiation.objective().value().item().bytes());
    }

    @Test
    void anAcceptedPrefixIsDelegatedAndADeclinedOrInvalidOneIsFreeAgain() {
        play((setting, origin) -> {
            Negotiation accepted = setting.request(List.of(6, 64));
            assertThat(offered(accepted)).isEqualTo("830618405020010db8000000000000000000000000");
            setting.run.await(accepted.accept());
            Negotiation declined = setting.request(List.of(6, 64));
            setting.run.await(declined.decline("not good"));
            Negotiation invalid = setting.request(List.of(6, 64));
            setting.run.await(invalid.sendInvalid(new byte[] {0}));
            setting.run.advance(Duration.ofSeconds(1));

            assertThat(setting.prefixes(origin, EntryState.DELEGATED)).containsExactly("2001:db8::/64");
            assertThat(setting.prefixes(origin, EntryState.OFFERED)).isEmpty();
            assertThat(setting.prefixes(origin, EntryState.IN_DOUBT)).isEmpty();
            assertThat(origin.events(PrefixEvent.Returned.class))
                    .extracting(PrefixEvent.Returned::reason)
                    .satisfiesExactly(
                            first -> assertThat(first).isEqualTo("not good"),
                            second -> assertThat(second).contains("M_INVALID"));
        });
    }

    @Test
    void aPrefixIsInDoubtIfTheRequesterDisappearsAndIsFreeWhenAnOperatorReclaimsIt() {
        play((setting, origin) -> {
            setting.request(List.of(6, 64));
            setting.run.network().node("requester").crash();
            setting.run.advance(Duration.ofMinutes(1));

            assertThat(setting.prefixes(origin, EntryState.IN_DOUBT)).containsExactly("2001:db8::/64");
            assertThat(origin.events(PrefixEvent.InDoubt.class)).hasSize(1);
            setting.run.await(origin.pool().reclaim(Prefix.parse("2001:db8::/64")));
            assertThat(setting.prefixes(origin, EntryState.FREE)).containsExactly(POOL);
        });
    }

    @Test
    void whatCannotBeServedIsDeclinedWithAReason() {
        play((setting, origin) -> {
            assertThat(((NegotiationOutcome.Declined) setting.request(
                                            PREFIX_MANAGER.withDryRun(true).withValue(List.of(6, 64)))
                                    .outcome()
                                    .orElseThrow())
                            .reason())
                    .isEqualTo("Dry run not supported");
            assertThat(setting.declined(cbor("d83682183046000000000000"))).isEqualTo("invalid value");
            assertThat(setting.declined(List.of(6, 31))).isEqualTo("Prefix length out of range");
            assertThat(setting.declined(List.of(4, 24))).isEqualTo("No prefix available");
            assertThat(setting.declined(List.of(6, 129))).isEqualTo("invalid value at /1");
            assertThat(setting.declined("text")).isEqualTo("invalid value");

            assertThat(setting.prefixes(origin, EntryState.FREE)).containsExactly(POOL);
        });
    }

    @Test
    void aSmallerPrefixIsOfferedAndACounterOfferThatItCannotMeetIsDeclined() {
        play((setting, origin) -> {
            Negotiation less = setting.request(List.of(6, 48));
            assertThat(offered(less)).isEqualTo("830618385020010db8000000000000000000000000");
            setting.run.await(less.step(List.of(6, 50)));
            assertThat(less.outcome().map(outcome -> ((NegotiationOutcome.Declined) outcome).reason()))
                    .hasValue("Insufficient resource");

            Negotiation more = setting.request(List.of(6, 60));
            setting.run.await(more.step(List.of(6, 62)));
            assertThat(offered(more)).startsWith("8306183e50");
            setting.run.await(more.accept());
            setting.run.advance(Duration.ofSeconds(1));

            assertThat(setting.prefixes(origin, EntryState.DELEGATED)).containsExactly("2001:db8::/62");
            assertThat(setting.prefixes(origin, EntryState.OFFERED)).isEmpty();
        });
    }

    @Test
    void oneRequesterGetsNoMoreThanItsShareAndNoMoreNegotiationsThanItsLimit() {
        play(
                PoolConfig.DEFAULTS.withPeerLimits(peer -> PeerLimits.DEFAULTS.withMaxPrefixes(1)),
                POOL,
                (setting, origin) -> {
                    Negotiation first = setting.request(List.of(6, 64));
                    setting.run.await(first.accept());
                    setting.run.advance(Duration.ofSeconds(1));

                    assertThat(setting.declined(List.of(6, 64))).isEqualTo("Limit for this peer reached");
                });
        play((setting, origin) -> {
            for (int i = 0; i < ORIGIN.concurrencyPerPeer; i++) {
                assertThat(setting.request(List.of(6, 64)).outcome()).isEmpty();
            }
            assertThat(setting.declined(List.of(6, 64))).isEqualTo("Too many requests, try again later");
        });
    }

    @Test
    void aRequesterIsOfferedWhatIsLeftOfItsShare() {
        play(
                PoolConfig.DEFAULTS.withPeerLimits(peer -> PeerLimits.DEFAULTS.withPartOfSeeds(4)),
                POOL,
                (setting, origin) -> {
                    Negotiation all = setting.request(List.of(6, 56));
                    assertThat(offered(all)).startsWith("8306183a50"); // 58
                    setting.run.await(all.accept());
                    setting.run.advance(Duration.ofSeconds(1));
                    assertThat(setting.declined(List.of(6, 64))).isEqualTo("Limit for this peer reached");
                    assertThat(setting.prefixes(origin, EntryState.DELEGATED)).containsExactly("2001:db8::/58");
                });
    }

    @Test
    void aRequesterIsOfferedASubnetOfAPoolThatHasFewOfThem() {
        play(PoolConfig.DEFAULTS.withPeerLimits(peer -> ORIGIN.sharing()), "2001:db8::/63", (setting, origin) -> {
            Negotiation subnet = setting.request(List.of(6, 56));
            assertThat(offered(subnet)).startsWith("8306184050"); // 64
            setting.run.await(subnet.accept());
            setting.run.advance(Duration.ofSeconds(1));
            assertThat(setting.declined(List.of(6, 64))).isEqualTo("Limit for this peer reached");
        });
    }

    @Test
    void anOfferIsInTag24IfTheRequestIs() {
        play((setting, origin) -> {
            Negotiation raw = setting.request(PREFIX_MANAGER.withValue(
                    ObjectiveValue.ofRawCbor(HexFormat.of().parseHex("82061840"))));

            assertThat(Objects.requireNonNull(raw.objective().value()).isRawCbor())
                    .isTrue();
            setting.run.await(raw.accept());
            setting.run.advance(Duration.ofSeconds(1));
            assertThat(setting.prefixes(origin, EntryState.DELEGATED)).hasSize(1);
        });
    }

    @Test
    void theEndOfANegotiationIsWrittenWhenTheStoreTakesItAgain() {
        play((setting, origin) -> {
            FaultyStore store = setting.managers.store("origin");
            Negotiation accepted = setting.request(List.of(6, 64));
            store.fail(0, 2);
            setting.run.await(accepted.accept());
            setting.run.advance(Duration.ofMillis(500));
            assertThat(setting.prefixes(origin, EntryState.OFFERED)).containsExactly("2001:db8::/64");
            assertThat(origin.events(PrefixEvent.NotStored.class)).isNotEmpty();
            setting.run.advance(Duration.ofMinutes(1));
            assertThat(setting.prefixes(origin, EntryState.DELEGATED)).containsExactly("2001:db8::/64");
            assertThat(origin.events(PrefixEvent.Assigned.class)).hasSize(1);

            Negotiation declined = setting.request(List.of(6, 64));
            store.fail(0, 2);
            setting.run.await(declined.decline("not good"));
            setting.run.advance(Duration.ofMinutes(1));
            assertThat(origin.events(PrefixEvent.Returned.class)).hasSize(1);

            setting.request(List.of(6, 64));
            store.fail(0, 2);
            setting.run.network().node("requester").crash();
            setting.run.advance(Duration.ofMinutes(1));
            assertThat(setting.prefixes(origin, EntryState.IN_DOUBT)).containsExactly("2001:db8:0:1::/64");
            assertThat(setting.prefixes(origin, EntryState.OFFERED)).isEmpty();
            assertThat(origin.events(PrefixEvent.NotStored.class)).hasSize(6);
        });
    }
}
