package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.engine.EngineLoad;
import io.grasp.engine.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.Link;
import io.grasp.substrate.Security;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;

/** DULL instances beside other nodes (RFC 8990 section 2.5.2), on every substrate. */
abstract class DullContractTest extends ContractTest {
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
        return world.awaitOne(node.startBeside(world.dull("AN_ACP", "AN_Proxy")));
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

    /** RFC 8994 section 6.4.1: one objective for each method, each with where it is, in one flood. */
    @Test
    @Proves({"8990-2.5.2-3", "8990-2.5.2-4"})
    void neighborsHearOfEachOthersSecureChannelsWithoutProtection() {
        Grasp one = dullBeside(world.startAlone());
        Grasp two = dullBeside(world.startAlone());
        assertThat(world.awaitOne(one.security())).isEqualTo(Security.NONE);
        Asa listener = asa(two, "acp");
        Collected<FloodedObjective> heard = world.collect(listener.floods("AN_ACP"));
        world.await(listener.getFlood("AN_ACP")); // it listens: the loop has turned
        Asa acp = asa(one, "acp", AN_ACP);

        world.await(acp.flood(
                TTL,
                List.of(
                        new TaggedObjective(AN_ACP.withValue("IKEv2"), ownLink(Locator.UDP, 15000)),
                        new TaggedObjective(AN_ACP.withValue("DTLS"), ownLink(Locator.UDP, 17000)))));
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

    @Test
    void discoveryFindsALinkLocalAddress() {
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
    @Proves({"8990-2.5.1-6", "8990-2.5.2-2"})
    void whatOneInstanceHearsTheOtherDoesNot() {
        Grasp main = world.startOn(1); // on a link that both use, both would hear everything
        Grasp dull = dullBeside(main);
        Grasp neighbor = world.startOn(1);
        Asa ours = asa(main, "same name", Objective.synchronizable("EX1"));
        Asa unprotected = asa(dull, "same name", AN_PROXY);
        Asa theirs = asa(neighbor, "theirs", Objective.synchronizable("EX1"));
        Collected<FloodedObjective> heard = world.collect(ours.floods("EX1"));
        world.await(ours.getFlood("EX1"));

        world.await(theirs.flood(TTL, Objective.synchronizable("EX1").withValue(1)));
        heard.awaitValues(1);
        assertThat(world.await(unprotected.getFlood("EX1"))).isEmpty();
        world.await(unprotected.flood(TTL, AN_PROXY.withValue("")));
        assertThat(world.await(unprotected.getFlood("AN_Proxy"))).hasSize(1);
        assertThat(world.await(ours.getFlood("AN_Proxy"))).isEmpty();

        world.await(theirs.register(AN_PROXY, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        assertThat(world.await(ours.discover(AN_PROXY, world.moment()))).hasSize(1);
        assertThat(world.await(ours.discover(AN_PROXY, Duration.ZERO)))
                .as("what one has discovered is in its cache")
                .hasSize(1);
        assertThat(world.await(unprotected.discover(AN_PROXY, Duration.ZERO)))
                .as("and in no other")
                .isEmpty();
        assertFails(unprotected.discover(Objective.discoverable("EX1"), world.moment()), GraspErrorCode.NOT_OBJECTIVE);
        heard.cancel();
    }

    @Test
    void whatTheRulesForbidIsRefused() {
        Asa asa = asa(dullBeside(world.startAlone()), "asa", AN_PROXY);
        AsaLocator there = AsaLocator.of(ownLink(Locator.TCP, 7017));

        assertFails(asa.register(Objective.synchronizable("EX1")), GraspErrorCode.NOT_OBJECTIVE);
        assertFails(asa.listenSynchronize(AN_PROXY.withValue("")), GraspErrorCode.NO_SECURITY);
        assertFails(asa.synchronize(AN_PROXY, there, TTL), GraspErrorCode.NO_SECURITY);
        assertFails(asa.discoverAt(AN_PROXY, there, TTL), GraspErrorCode.NO_SECURITY);
        Objective negotiated = Objective.negotiable("AN_ACP");
        world.await(asa.register(negotiated));
        assertFails(asa.listenNegotiate(negotiated), GraspErrorCode.NO_SECURITY);
        assertFails(asa.requestNegotiate(negotiated.withValue(1), there, TTL), GraspErrorCode.NO_SECURITY);
    }

    @Test
    void instancesBesideANodeEndWithIt() {
        Grasp main = world.start();
        Grasp first = dullBeside(main);
        Grasp second = dullBeside(main);
        Asa onFirst = asa(first, "asa", AN_PROXY);
        Collected<FloodedObjective> watching = world.collect(onFirst.floods("AN_Proxy"));
        Collected<AsaLocator> asking = world.collect(onFirst.discover(AN_PROXY, Duration.ofHours(1)));
        world.await(onFirst.getFlood("AN_Proxy"));

        world.await(second.closeAsync());
        assertThat(world.awaitOne(first.load()).sessions()).isEqualTo(1);
        assertThat(world.awaitOne(main.links())).extracting(Link::index).isNotEmpty();
        world.await(main.closeAsync());
        watching.awaitEnd();
        asking.awaitFailure();
        assertThat(world.collect(main.startBeside(world.dull("AN_ACP"))).awaitFailure())
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
