package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.Security;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;

/** DULL instances together with other nodes (RFC 8990 section 2.5.2), on every substrate. */
@ParameterizedClass(name = "{0}")
@EnumSource(
        value = TestSubstrate.class,
        names = {"DATAGRAMS", "STREAMS", "NETTY"}) // its attackers are nodes of the same link, in the clear
class DullContractTest extends ContractTest {
    private static final Objective AN_ACP = Objective.synchronizable("AN_ACP");
    private static final Objective AN_PROXY = Objective.synchronizable("AN_Proxy");
    private static final Duration TTL = Duration.ofMillis(210_000);

    private Asa asa(Grasp node, String name, Objective... objectives) {
        Asa asa = world.awaitOne(node.registerAsa(name));
        for (Objective objective : objectives) {
            world.await(asa.register(objective, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        }
        return asa;
    }

    private Grasp dullBeside(Grasp node) {
        return world.awaitOne(node.startOnSharedLoop(world.dull("AN_ACP", "AN_Proxy")));
    }

    private void assertFails(Publisher<?> publisher, GraspErrorCode code) {
        assertThat(world.collect(publisher).awaitFailure())
                .isInstanceOfSatisfying(
                        GraspException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }

    private static Locator.Ipv6 ownLink(int protocol, int port) {
        try {
            return new Locator.Ipv6((Inet6Address) InetAddress.getByName("::"), protocol, port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** RFC 8994 section 6.4.1: one objective for each method, each with its locator, in one flood. */
    @Test
    @Proves({"8990-2.5.2-3", "8990-2.5.2-4"})
    void neighborsFloodTheirSecureChannelsWithoutSecurity() {
        Grasp one = dullBeside(world.startAlone());
        Grasp two = dullBeside(world.startAlone());
        assertThat(world.awaitOne(one.security())).isEqualTo(Security.NONE);
        Asa listener = asa(two, "acp");
        Collected<FloodedObjective> heard = world.collect(listener.floods("AN_ACP"));
        world.await(listener.getFlood("AN_ACP")); // returns after the loop has run, so the ASA listens
        Asa acp = asa(one, "acp", AN_ACP);

        world.await(acp.flood(
                List.of(
                        new TaggedObjective(AN_ACP.withValue("IKEv2"), ownLink(Locator.UDP, 15000)),
                        new TaggedObjective(AN_ACP.withValue("DTLS"), ownLink(Locator.UDP, 17000))),
                TTL));
        List<FloodedObjective> both = heard.awaitValues(2);

        assertThat(both)
                .extracting(each -> each.objective().value().as(String.class))
                .containsExactly("IKEv2", "DTLS");
        assertThat(both).allSatisfy(each -> {
            assertThat(each.objective().loopCount()).isEqualTo(1);
            assertThat(each.initiator().isLinkLocalAddress()).isTrue();
            assertThat(((Locator.Ipv6) each.locator()).address()).isEqualTo(each.initiator());
            assertThat(each.ttl()).isPositive().isLessThanOrEqualTo(TTL);
        });
        heard.cancel();
    }

    /** Messages of an ordinary neighbor have loop count 6 unless its objective has another one. */
    @Test
    @Proves({"8990-2.5.2-6", "8990-2.5.2-7", "8990-2.5.2-9"})
    void onlyAllowedObjectivesWithLoopCountOneAreAccepted() throws UnknownHostException {
        CountingObserver observer = new CountingObserver();
        Grasp dull = world.awaitOne(world.startAlone()
                .startOnSharedLoop(world.dull("AN_ACP", "AN_Proxy")
                        .withAdvertisedAddress(InetAddress.getByName("2001:db8::77"))
                        .withObserver(observer)));
        Asa proxy = asa(dull, "proxy", AN_PROXY);
        Collected<FloodedObjective> heard = world.collect(proxy.floods("AN_ACP"));
        world.await(proxy.getFlood("AN_ACP")); // returns after the loop has run, so the ASA listens
        Objective ex1 = Objective.synchronizable("EX1").withLoopCount(1).withValue(1);
        Asa neighbor = asa(world.start(), "neighbor", AN_ACP, ex1);
        Objective near = AN_ACP.withLoopCount(1).withValue("near");

        world.await(neighbor.flood(AN_ACP.withValue("six hops"), TTL));
        world.await(neighbor.flood(AN_ACP.withLoopCount(2).withValue("two hops"), TTL));
        world.await(neighbor.flood(ex1, TTL));
        world.await(neighbor.flood(List.of(TaggedObjective.untagged(near), TaggedObjective.untagged(ex1)), TTL));
        assertThat(world.await(neighbor.discover(AN_PROXY, world.moment()))).isEmpty();
        assertThat(world.await(neighbor.discover(ex1, world.moment()))).isEmpty();
        assertThat(heard.values()).isEmpty();
        assertThat(world.await(proxy.getFlood("EX1"))).isEmpty();
        assertThat(observer.drops).isEqualTo(Map.of(DropReason.DULL_LOOP_COUNT, 3, DropReason.DULL_OBJECTIVE, 3));
        assertThat(observer.sent).as("silence").isEmpty();

        world.await(neighbor.flood(near, TTL));
        assertThat(heard.awaitValues(1).get(0).objective().value().as(String.class))
                .isEqualTo("near");
        assertThat(world.await(neighbor.discover(AN_PROXY.withLoopCount(1), world.moment())))
                .singleElement()
                .satisfies(found -> assertThat(found.locator().isLinkLocal()).isTrue());
        assertThat(observer.sent).isEqualTo(Map.of("M_RESPONSE", 1));
        heard.cancel();
    }

    @Test
    @Proves({"8990-2.5.2-1", "8990-2.5.2-8", "8990-2.5.4.4-2"})
    void aDullInstanceRelaysNothingBetweenLinks() {
        CountingObserver observer = new CountingObserver();
        Grasp dull = world.awaitOne(world.startAlone()
                .startOnSharedLoop(world.dullOnBoth("AN_ACP", "AN_Proxy").withObserver(observer)));
        Asa between = asa(dull, "between");
        List<Asa> ends =
                List.of(asa(world.startOn(0), "end", AN_ACP, AN_PROXY), asa(world.startOn(1), "end", AN_ACP, AN_PROXY));
        List<Collected<FloodedObjective>> heard =
                ends.stream().map(end -> world.collect(end.floods("AN_ACP"))).toList();
        ends.forEach(
                end -> world.await(end.getFlood("AN_ACP"))); // returns after the loops have run, so the ASAs listen

        for (int loopCount : new int[] {2, 6, 255, 1}) {
            for (int end = 0; end < 2; end++) {
                world.await(ends.get(end).flood(AN_ACP.withLoopCount(loopCount).withValue(end), TTL));
            }
        }
        for (int loopCount : new int[] {1, 6}) {
            for (Asa end : ends) {
                assertThat(world.await(end.discover(AN_PROXY.withLoopCount(loopCount), world.moment())))
                        .isEmpty();
            }
        }
        assertThat(world.await(between.getFlood("AN_ACP")))
                .as("only from its link")
                .singleElement()
                .satisfies(flooded -> assertThat(flooded.objective().value().as(Integer.class))
                        .isZero());
        for (int end = 0; end < 2; end++) {
            int other = 1 - end;
            assertThat(heard.get(end).values())
                    .noneMatch(flooded -> flooded.objective().value().as(Integer.class) == other);
        }
        assertThat(observer.sent).isEmpty();
        heard.forEach(Collected::cancel);
    }

    @Test
    @Proves({"8990-2.5.2-3", "8990-2.5.2-4", "8990-2.5.2-9"})
    void aDiscoveryFindsALinkLocalAddress() {
        asa(dullBeside(world.startAlone()), "proxy", AN_PROXY);
        Asa pledge = asa(dullBeside(world.startAlone()), "pledge");

        List<AsaLocator> found = world.await(pledge.discover(AN_PROXY, world.moment()));
        assertThat(found).singleElement().satisfies(proxy -> {
            assertThat(((Locator.Ipv6) proxy.locator()).address().isLinkLocalAddress())
                    .isTrue();
            assertThat(proxy.linkIndex()).isPositive();
        });
    }

    @Test
    @Proves("8990-2.5.2-9")
    void anObjectiveWithALocatorOutsideTheLinkCannotBeRegistered() throws UnknownHostException {
        Asa proxy = asa(dullBeside(world.startAlone()), "proxy");
        Asa neighbor = asa(world.start(), "neighbor");
        Locator onLink = new Locator.Ipv6((Inet6Address) InetAddress.getByName("fe80::77"), Locator.TCP, 443);
        for (Locator away : List.of(
                new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::77"), Locator.TCP, 443),
                new Locator.Ipv6((Inet6Address) InetAddress.getByName("2001:db8::77"), Locator.UDP, 443),
                new Locator.Ipv4((Inet4Address) InetAddress.getByName("192.0.2.77"), Locator.TCP, 443),
                new Locator.Fqdn("proxy.example", Locator.TCP, 443),
                Locator.uri("https://proxy.example/"))) {
            for (List<Locator> shown : List.of(List.of(away), List.of(onLink, away))) {
                assertFails(
                        proxy.register(
                                AN_PROXY,
                                RegistrationOptions.DEFAULTS
                                        .withDiscoverable(true)
                                        .withLocators(shown)),
                        GraspErrorCode.INVALID_LOCATOR);
            }
        }
        assertThat(world.await(neighbor.discover(AN_PROXY.withLoopCount(1), world.moment())))
                .isEmpty();
    }

    @Test
    @Proves({"8990-2.5.1-6", "8990-2.5.2-2"})
    void aFloodToOneInstanceDoesNotReachTheOther() {
        Grasp main = world.startOn(1); // on a shared link, both would receive everything
        Grasp dull = dullBeside(main);
        Grasp neighbor = world.startOn(1);
        Asa ours = asa(main, "same name", Objective.synchronizable("EX1"));
        Asa unprotected = asa(dull, "same name", AN_PROXY);
        Asa theirs = asa(neighbor, "theirs", Objective.synchronizable("EX1"));
        Collected<FloodedObjective> heard = world.collect(ours.floods("EX1"));
        world.await(ours.getFlood("EX1"));

        world.await(theirs.flood(Objective.synchronizable("EX1").withValue(1), TTL));
        heard.awaitValues(1);
        assertThat(world.await(unprotected.getFlood("EX1"))).isEmpty();
        world.await(unprotected.flood(AN_PROXY.withValue(""), TTL));
        assertThat(world.await(unprotected.getFlood("AN_Proxy"))).hasSize(1);
        assertThat(world.await(ours.getFlood("AN_Proxy"))).isEmpty();

        world.await(theirs.register(AN_PROXY, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        assertThat(world.await(ours.discover(AN_PROXY, world.moment()))).hasSize(1);
        assertThat(world.await(ours.discover(AN_PROXY, DiscoverOptions.knownOnly())))
                .as("a discovered locator is in the cache of this instance")
                .hasSize(1);
        assertThat(world.await(unprotected.discover(AN_PROXY, DiscoverOptions.knownOnly())))
                .as("and not in another one's")
                .isEmpty();
        assertFails(unprotected.discover(Objective.discoverable("EX1"), world.moment()), GraspErrorCode.NOT_OBJECTIVE);
        heard.cancel();
    }

    @Test
    @Proves("8990-2.5.2-5")
    void forbiddenCallsAreRefused() {
        CountingObserver observer = new CountingObserver();
        Grasp dull = world.awaitOne(world.startAlone()
                .startOnSharedLoop(world.dull("AN_ACP", "AN_Proxy").withObserver(observer)));
        Asa asa = asa(dull, "asa", AN_PROXY);
        AsaLocator there = AsaLocator.of(ownLink(Locator.TCP, 7017));

        assertFails(asa.register(Objective.synchronizable("EX1")), GraspErrorCode.NOT_OBJECTIVE);
        assertFails(asa.listenSynchronize(AN_PROXY.withValue("")), GraspErrorCode.NO_SECURITY);
        assertFails(asa.synchronize(AN_PROXY, RequestOptions.to(there).withTimeout(TTL)), GraspErrorCode.NO_SECURITY);
        assertFails(asa.discover(AN_PROXY, DiscoverOptions.within(TTL).withPeer(there)), GraspErrorCode.NO_SECURITY);
        Objective negotiated = Objective.negotiable("AN_ACP");
        world.await(asa.register(negotiated));
        assertFails(asa.listenNegotiate(negotiated), GraspErrorCode.NO_SECURITY);
        Objective request = negotiated.withValue(1);
        assertFails(
                asa.requestNegotiate(request, RequestOptions.to(there).withTimeout(TTL)), GraspErrorCode.NO_SECURITY);
        assertFails(asa.requestNegotiate(request, RequestOptions.within(TTL)), GraspErrorCode.NO_SECURITY);
        assertFails(asa.synchronize(AN_PROXY, RequestOptions.within(TTL)), GraspErrorCode.NO_SECURITY);
        assertFails(asa.rapid().requestNegotiate(request, RequestOptions.within(TTL)), GraspErrorCode.NO_SECURITY);
        assertFails(asa.rapid().synchronize(AN_PROXY, RequestOptions.within(TTL)), GraspErrorCode.NO_SECURITY);
        assertFails(asa.raw().request(request, there), GraspErrorCode.NO_SECURITY);
        assertFails(asa.raw().listen(negotiated), GraspErrorCode.NO_SECURITY);
        assertThat(observer.sent).isEmpty();
    }

    @Test
    void instancesOnASharedLoopEndWithTheirNode() {
        Grasp main = world.start();
        Grasp first = dullBeside(main);
        Grasp second = dullBeside(main);
        Asa onFirst = asa(first, "asa", AN_PROXY);
        Collected<FloodedObjective> watching = world.collect(onFirst.floods("AN_Proxy"));
        Collected<AsaLocator> asking = world.collect(onFirst.discover(AN_PROXY, Duration.ofHours(1)));
        world.await(onFirst.getFlood("AN_Proxy"));

        world.await(second.closeAsync());
        assertThat(world.awaitOne(first.load()).sessions()).isEqualTo(1);
        assertThat(world.awaitOne(main.links())).extracting(LinkInfo::index).isNotEmpty();
        world.await(main.closeAsync());
        watching.awaitEnd();
        asking.awaitFailure();
        assertThat(world.collect(main.startOnSharedLoop(world.dull("AN_ACP"))).awaitFailure())
                .isInstanceOf(GraspException.class);
    }

    @Test
    void oneInstanceCanEndBeforeTheOthers() {
        Grasp main = world.start();
        Grasp dull = dullBeside(main);
        world.await(dull.closeAsync());
        world.await(dull.closeAsync());

        assertThat(world.awaitOne(main.load())).isEqualTo(EngineLoad.NONE);
        asa(main, "asa", Objective.synchronizable("EX1"));
        asa(dullBeside(main), "asa", AN_PROXY);
    }
}
