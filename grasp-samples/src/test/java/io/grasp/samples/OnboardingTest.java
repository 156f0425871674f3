package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.config.Dull;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.samples.asa.AsaNode;
import io.grasp.samples.onboarding.JoinObjectives;
import io.grasp.samples.onboarding.JoinProxyPlace;
import io.grasp.samples.onboarding.Pledge;
import io.grasp.samples.onboarding.ServiceAnnouncer;
import io.grasp.samples.onboarding.ServiceAnnouncer.Service;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Announcers and pledges on a simulated network, at virtual time. */
class OnboardingTest {
    private final Town town = new Town();
    private final List<Duration> attempts = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    @AfterEach
    void close() {
        town.close();
    }

    /** A proxy that floods its port again and again. */
    private Disposable proxy(Objective name, Duration ttl, Duration period, int... floodedPorts) {
        Grasp node = town.node();
        Asa asa = town.await(node.registerAsa("proxy")).get(0);
        town.await(asa.register(name));
        List<TaggedObjective> tagged = new ArrayList<>();
        for (int port : floodedPorts) {
            tagged.add(new TaggedObjective(name, Locator.tcp("::", port)));
        }
        return Flux.interval(Duration.ofSeconds(1), period, node.scheduler())
                .onBackpressureDrop()
                .concatMap(tick -> asa.flood(tagged, ttl))
                .onErrorComplete()
                .subscribe();
    }

    private void proxy(int... floodedPorts) {
        proxy(JoinObjectives.PROXY, Duration.ofMinutes(3), Duration.ofMinutes(1), floodedPorts);
    }

    private Pledge pledge(Grasp node) {
        return new Pledge(node, true, new Random(16), line -> {});
    }

    private Mono<Integer> fail(JoinProxyPlace place) {
        attempts.add(town.loop.now());
        ports.add(place.port());
        return Mono.error(new IllegalStateException("unreachable"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AN_Proxy", "AN_proxy"})
    void aPledgeTriesTheProxyThatItHears(String name) {
        Objective objective = name.equals("AN_Proxy") ? JoinObjectives.PROXY : JoinObjectives.GRASPY_PROXY;
        assertThat(objective.name()).isEqualTo(name);
        proxy(objective, Duration.ofMinutes(3), Duration.ofMinutes(1), 4443);
        JoinProxyPlace place =
                town.await(pledge(town.node()).enroll(Mono::just)).get(0);
        assertThat(place.port()).isEqualTo(4443);
        assertThat(place.address().isLinkLocalAddress()).isTrue();
        assertThat(place.link()).isEqualTo("lan");
        assertThat(place.address().getScopeId()).isPositive();
    }

    @Test
    void aProxyThatFloodsAnAcpInTheSameMessageIsHeardByDull() {
        SimNode place = town.network.node("pledge");
        town.network.connect(place, town.lan);
        Grasp dull = town.await(Grasp.start(GraspConfig.defaults()
                        .withSubstrate(() -> place)
                        .withRandom(() -> new Random(5))
                        .withDull(Dull.allowing(Pledge.objectives(false)))))
                .get(0);
        Asa asa = town.await(town.node().registerAsa("proxy")).get(0);
        Objective acp = new Objective("AN_ACP", 4, 1, ObjectiveValue.of("IKEv2"));
        town.await(asa.register(acp).then(asa.register(JoinObjectives.PROXY)));
        List<JoinProxyPlace> found = new ArrayList<>();
        Disposable search = new Pledge(dull, false, new Random(16), line -> {})
                .enroll(Mono::just)
                .subscribe(found::add);
        town.loop.runReady();

        town.await(asa.flood(
                List.of(
                        new TaggedObjective(acp, Locator.udp("::", 500)),
                        new TaggedObjective(JoinObjectives.PROXY, Locator.tcp("::", 4443))),
                Duration.ofMinutes(3)));
        town.loop.runUntil(() -> !found.isEmpty(), Duration.ofSeconds(10));

        assertThat(found).hasSize(1);
        search.dispose();
        town.await(dull.closeAsync());
    }

    @Test
    void aFloodOfAMillisecondIsEnough() {
        proxy(JoinObjectives.PROXY, Duration.ofMillis(1), Duration.ofHours(1), 4443);
        assertThat(town.await(pledge(town.node()).enroll(Mono::just))).hasSize(1);
    }

    @Test
    void aProxyThatFailsIsExpiredAndTriedAgainAfterPausesThatGrowToAnHour() {
        proxy(JoinObjectives.PROXY, Duration.ofMinutes(3), Duration.ofSeconds(5), 4443);
        Grasp node = town.node();
        Asa reader = town.await(node.registerAsa("reader")).get(0);
        Disposable search = pledge(node).enroll(this::fail).subscribe();
        town.loop.runUntil(() -> attempts.size() == 1, Duration.ofSeconds(10));
        town.loop.runReady();
        assertThat(town.await(reader.getFlood("AN_Proxy"))).isEmpty();
        town.loop.runUntil(() -> attempts.size() == 12, Duration.ofHours(8));
        search.dispose();

        List<Long> pauses = new ArrayList<>();
        for (int i = 1; i < attempts.size(); i++) {
            pauses.add(attempts.get(i).minus(attempts.get(i - 1)).toSeconds());
        }
        assertThat(pauses).containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 640L, 1280L, 2560L, 3600L, 3600L);
    }

    @Test
    void aProxyThatFailedIsNotTriedAfterItsFloodHasExpired() {
        proxy(JoinObjectives.PROXY, Duration.ofSeconds(35), Duration.ofHours(4), 4443);
        Disposable search = pledge(town.node()).enroll(this::fail).subscribe();
        town.loop.runUntil(() -> attempts.size() == 4, Duration.ofHours(2));
        search.dispose();
        assertThat(attempts).as("at 0, 10 and 30 s").hasSize(3);
    }

    @Test
    void whileAnAttemptHangsTheNextBeginsAndItsSuccessCancelsTheOthers() {
        proxy(1, 2, 3);
        List<Integer> cancelled = new ArrayList<>();
        int found = town.await(pledge(town.node()).<Integer>enroll(place -> {
                    attempts.add(town.loop.now());
                    return attempts.size() < 3
                            ? Mono.<Integer>never().doOnCancel(() -> cancelled.add(place.port()))
                            : Mono.just(place.port());
                }))
                .get(0);

        assertThat(attempts).hasSize(3);
        for (int i = 1; i < 3; i++) {
            assertThat(attempts.get(i).minus(attempts.get(i - 1)))
                    .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(5));
        }
        assertThat(cancelled).hasSize(2).doesNotContain(found).doesNotHaveDuplicates();
    }

    /** An attempt that hangs, and is noted when it begins and when it is given up. */
    private Mono<Integer> hang(JoinProxyPlace place, List<Integer> givenUp) {
        return Mono.<Integer>never()
                .doOnSubscribe(begun -> {
                    attempts.add(town.loop.now());
                    ports.add(place.port());
                    assertThat(ports.size() - givenUp.size()).isLessThanOrEqualTo(8);
                })
                .doOnCancel(() -> givenUp.add(place.port()));
    }

    @Test
    void theOldestOfEightAttemptsThatHangIsGivenUpForTheNextProxy() {
        proxy(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        List<Integer> givenUp = new ArrayList<>();
        Disposable search =
                pledge(town.node()).enroll(place -> hang(place, givenUp)).subscribe();

        town.loop.runUntil(() -> Set.copyOf(ports).size() == 12, Duration.ofMinutes(10));

        assertThat(ports).as("in the end all").contains(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(givenUp).isEqualTo(ports.subList(0, ports.size() - 8));
        assertThat(attempts.get(8).minus(attempts.get(0))).isBetween(Duration.ofSeconds(24), Duration.ofSeconds(40));
        search.dispose();
        assertThat(givenUp).containsExactlyInAnyOrderElementsOf(ports);
    }

    @Test
    void attemptsGoOnWhileNoOtherProxyIsKnown() {
        proxy(1, 2, 3, 4, 5, 6, 7, 8);
        List<Integer> givenUp = new ArrayList<>();
        Disposable search =
                pledge(town.node()).enroll(place -> hang(place, givenUp)).subscribe();
        town.loop.runUntil(() -> false, Duration.ofMinutes(10));
        assertThat(ports).hasSize(8);
        assertThat(givenUp).isEmpty();
        search.dispose();
    }

    @Test
    void aNeighborWithManyPortsIsNotMoreLikely() {
        int[] many = new int[30];
        for (int i = 0; i < many.length; i++) {
            many[i] = i + 1;
        }
        proxy(many);
        proxy(4443);
        int honest = 0;
        Random random = new Random(3);
        Grasp node = town.node();
        town.loop.runUntil(() -> false, Duration.ofSeconds(5));
        for (int i = 0; i < 60; i++) {
            int port = town.await(new Pledge(node, true, random, line -> {}).enroll(Mono::just))
                    .get(0)
                    .port();
            honest += port == 4443 ? 1 : 0;
        }
        assertThat(honest).as("of 60").isBetween(18, 42);
    }

    @Test
    void whatIsNoProxyOnTheLinkIsNotTried() {
        Grasp node = town.node();
        Asa asa = town.await(node.registerAsa("proxy")).get(0);
        Objective name = JoinObjectives.PROXY;
        town.await(asa.register(name));
        Disposable search = pledge(town.node()).enroll(this::fail).subscribe();
        for (Locator locator : List.of(
                Locator.udp("::", 1),
                Locator.tcp("::", 0),
                Locator.tcp("fd00::1", 2),
                Locator.tcp("proxy.example", 3),
                Locator.tcp("169.254.1.1", 4),
                Locator.uri("https://[fe80::1]:5/"))) {
            town.await(asa.flood(List.of(new TaggedObjective(name, locator)), Duration.ofMinutes(3)));
        }
        town.await(asa.flood(name, Duration.ofMinutes(3)));
        town.loop.runUntil(() -> !ports.isEmpty(), Duration.ofMinutes(1));
        assertThat(ports).isEmpty();
        town.await(asa.flood(List.of(new TaggedObjective(name, Locator.tcp("::", 6))), Duration.ofMinutes(3)));
        town.loop.runUntil(() -> !ports.isEmpty(), Duration.ofMinutes(1));
        search.dispose();
        assertThat(ports).containsExactly(6);
    }

    @Test
    void registrarAndEstServerAreFloodedAsTheRfcsSay() {
        Grasp announcing = town.node();
        Duration period = ServiceAnnouncer.PERIOD;
        Asa asa = town.await(announcing.registerAsa(ServiceAnnouncer.NAME)).get(0);
        Disposable announcer = new ServiceAnnouncer(
                        AsaNode.of(announcing),
                        List.of(Service.registrar(null, 8443, period), Service.estServer(null, 443, period)),
                        period,
                        line -> {})
                .run(asa, () -> {})
                .subscribe();
        Asa reader = town.await(town.node().registerAsa("reader")).get(0);
        town.loop.runUntil(() -> false, Duration.ofSeconds(61));

        FloodedObjective registrar =
                town.await(reader.getFlood("AN_join_registrar")).get(0);
        Locator own = town.await(announcing.locators()).get(0).links().get(0).locator();
        assertThat(registrar.objective())
                .isEqualTo(new Objective("AN_join_registrar", 4, 255, ObjectiveValue.of("EST-TLS")));
        assertThat(registrar.locator()).isEqualTo(Locator.of(own.address(), Locator.TCP, 8443));
        assertThat(registrar.ttl()).isBetween(Duration.ofSeconds(170), Duration.ofSeconds(180));
        FloodedObjective est = town.await(reader.getFlood("SRV.est")).get(0);
        assertThat(est.objective().flags()).isEqualTo(4);
        assertThat(est.objective().loopCount()).isEqualTo(255);
        assertThat(est.locator()).isEqualTo(Locator.of(own.address(), Locator.TCP, 443));
        assertThat(est.ttl()).isBetween(Duration.ofSeconds(200), Duration.ofSeconds(210));
        announcer.dispose();
    }

    @Test
    void thePledgeCommandGivesUpAtItsTimeout() {
        Cli.Run run = Cli.runIn(town, "pledge", "--dull", "lan", "--timeout", "90000", "--json");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).containsExactly("grasp: No proxy led to a registrar within 90000 ms");
    }

    @Test
    void wrongPlacesAndOptionsAreWrongUsage() {
        for (String[] wrong : new String[][] {
            {"announce-registrar", "0", "--assume-secure"},
            {"announce-registrar", "registrar.example:8443", "--assume-secure"},
            {"announce-registrar", "8443", "--loop-count", "256", "--assume-secure"},
            {"join-proxy", "--assume-secure"},
            {"join-proxy", "--assume-secure", "--dull", "x", "--max-bytes", "0"},
            {"join-proxy", "--assume-secure", "--dull", "x", "--pledge-port", "65536"},
            {"pledge", "--dull", "lan", "--attempt-timeout", "0"},
            {"get", "../x", "--assume-secure"},
            {"get", "a/x", "b/x", "--assume-secure"},
            {"get", "x", "--rate", "100", "--assume-secure"},
            {"get", "x", "--directory", "/does/not/exist", "--assume-secure"},
            {"put", "/does/not/exist", "--assume-secure"},
        }) {
            Throwable thrown =
                    catchThrowable(() -> assertThat(Cli.runIn(town, wrong)).satisfies(run -> {
                        assertThat(run.code()).as("%s", run).isEqualTo(2);
                        assertThat(run.err()).hasSize(2);
                    }));
            assertThat(thrown).as(String.join(" ", wrong)).isNull();
        }
    }
}
