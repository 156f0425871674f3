package io.grasp.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.ScriptedPeer;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.TaggedObjective;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * The messages of a node with the default settings, byte for byte, for each call of the API: each message has the
 * required content, in the form of the CDDL, and nothing else.
 */
class SentBytesTest extends OneNode {
    private static final String REST_OF_MINUTE = "19ea60";
    private static final String ULA = "50 fd120000000000000000000000000001";

    private static Locator ula() throws Exception {
        return new Locator.Ipv6((Inet6Address) InetAddress.getByName("fd12::1"), Locator.TCP, 443);
    }

    @Test
    @Proves({
        "8990-2.7-2",
        "8990-2.8.6-1",
        "8990-2.8.6-2",
        "8990-2.8.7-1",
        "8990-2.8.7-2",
        "8990-2.8.7-3",
        "8990-2.8.8-1",
        "8990-2.8.9-1",
        "8990-2.9.1-1",
        "8990-2.9.1-2",
        "8990-2.9.1-3",
        "8990-2.9.2-1",
        "8990-2.9.3-1",
        "8990-2.9.4-1",
        "8990-2.10.1-1",
        "8990-2.10.3-5",
        "8990-2.10.3-10",
        "8990-4-1"
    })
    void theInitiatorOfANegotiationSendsTheExpectedBytes() {
        Collected<Negotiation> request = world.collect(asa.requestNegotiate(EX3.withValue(10), at(peer)));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        String id = id(wire);
        wire.send(bytes("83 05" + id + "84 63455833 03 05 07"));
        Negotiation ours = request.awaitValues(1).get(0);
        world.await(ours.waitFor(Duration.ofSeconds(3)));
        moment();
        Collected<Negotiation> step = world.collect(ours.step(8));
        wire.send(bytes("83 05" + id + "84 63455833 03 03 09"));
        step.awaitValues(1);
        world.awaitOne(ours.accept());
        moment();

        assertThat(hex(wire.bytes))
                .containsExactly(plain(
                        "83 03" + id + "84 63455833 03 06 0a",
                        "83 07" + id + "190bb8",
                        "83 05" + id + "84 63455833 03 04 08",
                        "83 06" + id + "81 1865"));
    }

    @Test
    @Proves({
        "8990-2.7-2",
        "8990-2.8.7-2",
        "8990-2.8.7-3",
        "8990-2.8.8-1",
        "8990-2.8.9-1",
        "8990-2.9.1-1",
        "8990-2.9.1-2",
        "8990-2.9.1-3",
        "8990-2.9.2-1",
        "8990-2.9.3-1",
        "8990-2.9.4-1",
        "8990-2.10.1-1",
        "8990-2.10.3-5",
        "8990-4-1"
    })
    void theResponderOfANegotiationSendsTheExpectedBytes() {
        Collected<Negotiation> listening = world.collect(asa.listenNegotiate(EX3));
        ScriptedPeer.Wire wire = send(peer, "83 03 1864 84 63455833 03 06 01");
        Negotiation theirs = listening.awaitValues(1).get(0);
        world.await(theirs.waitFor(Duration.ofSeconds(5)));
        moment();
        Collected<Negotiation> step = world.collect(theirs.step(2));
        moment();
        wire.send(bytes("83 05 1864 84 63455833 03 04 03"));
        step.awaitValues(1);
        world.awaitOne(theirs.decline(""));
        moment();
        assertThat(hex(wire.bytes))
                .containsExactly(plain("83 07 1864 191388", "83 05 1864 84 63455833 03 05 02", "83 06 1864 81 1866"));

        ScriptedPeer.Wire declined = send(peer, "83 03 1865 84 63455833 03 06 01");
        world.awaitOne(listening.awaitValues(2).get(1).decline("no"));
        ScriptedPeer.Wire accepted = send(peer, "83 03 1866 84 63455833 03 06 01");
        world.awaitOne(listening.awaitValues(3).get(2).accept());
        ScriptedPeer.Wire moveless = send(peer, "83 03 1867 84 63455833 03 06 01");
        world.awaitOne(listening.awaitValues(4).get(3).converse(offers -> Flux.empty()));
        moment();
        assertThat(hex(declined.bytes)).containsExactly(plain("83 06 1865 82 1866 626e6f"));
        assertThat(hex(accepted.bytes)).containsExactly(plain("83 06 1866 81 1865"));
        assertThat(hex(moveless.bytes))
                .containsExactly(plain("83 06 1867 82 1866 6f" + hex("no further move".getBytes(UTF_8))));
        listening.cancel();
    }

    @Test
    @Proves({
        "8990-2.7-2",
        "8990-2.8.6-1",
        "8990-2.9.2-1",
        "8990-2.9.3-1",
        "8990-2.9.4-1",
        "8990-2.10.1-1",
        "8990-2.10.3-5",
        "8990-2.10.3-7",
        "8990-4-1"
    })
    void bothRolesOfASynchronizationSendTheExpectedBytes() {
        world.collect(asa.synchronize(EX2, at(peer)));
        moment();
        ScriptedPeer.Wire ours = peer.accepted.get(0);
        assertThat(hex(ours.bytes)).containsExactly(plain("83 04" + id(ours) + "84 63455832 05 06 f6"));

        world.awaitOne(asa.listenSynchronize(EX2.withValue("v")));
        assertThat(hex(send(peer, "83 04 1864 84 63455832 05 06 f6").bytes))
                .containsExactly(plain("83 08 1864 84 63455832 05 06 6176"));
        world.awaitOne(asa.listenSynchronize(EX2));
        assertThat(hex(send(peer, "83 04 1865 84 63455832 05 06 f6").bytes))
                .containsExactly(plain("83 08 1865 84 63455832 05 06 f6"));
    }

    @Test
    @Proves({
        "8990-2.5.6.2-1",
        "8990-2.8.11-3",
        "8990-2.8.11-4",
        "8990-2.8.11-5",
        "8990-2.8.11-6",
        "8990-2.9.1-1",
        "8990-2.9.1-2",
        "8990-2.9.1-3",
        "8990-2.9.2-1",
        "8990-2.9.3-1",
        "8990-2.9.4-1",
        "8990-2.10.1-1",
        "8990-2.10.3-7",
        "8990-4-1",
        "8990-2.10.3-5"
    })
    void aFloodHasTheExpectedBytes() throws Exception {
        Inet4Address ipv4 = (Inet4Address) InetAddress.getByName("192.0.2.1");
        world.await(asa.flood(
                List.of(
                        TaggedObjective.untagged(EX2),
                        new TaggedObjective(EX2.withValue("two"), ula()),
                        new TaggedObjective(EX2.withLoopCount(9).withValue(3), new Locator.Ipv4(ipv4, 17, 443)),
                        new TaggedObjective(EX2.withValue(4), new Locator.Fqdn("a.example", 6, 443)),
                        new TaggedObjective(EX2.withValue(5), Locator.uri("https://a.example/"))),
                Duration.ofSeconds(1)));
        moment();

        String id = id(ScriptedPeer.decode(peer.heard.get(0)).session());
        assertThat(hex(peer.heard))
                .containsExactly(plain("89 09" + id + address(node) + "1903e8"
                        + "82 84 63455832 05 06 f6 80"
                        + "82 84 63455832 05 06 6374776f 84 1867" + ULA + "06 1901bb"
                        + "82 84 63455832 05 09 03 84 1868 44 c0000201 11 1901bb"
                        + "82 84 63455832 05 06 04 84 1869 69 612e6578616d706c65 06 1901bb"
                        + "82 84 63455832 05 06 05 84 186a 72" + hex("https://a.example/".getBytes(UTF_8)) + "f6 f6"));
        assertThat(beyond.heard).usingElementComparator(Arrays::compare).isEqualTo(peer.heard);
    }

    @Test
    @Proves({
        "8990-2.7-2",
        "8990-2.9.1-1",
        "8990-2.9.1-2",
        "8990-2.9.1-3",
        "8990-2.9.2-1",
        "8990-2.9.3-1",
        "8990-2.9.4-1",
        "8990-2.9.5.1-1",
        "8990-2.10.1-1",
        "8990-2.10.3-8",
        "8990-3-4",
        "8990-4-1",
        "8990-2.10.3-5"
    })
    void aDiscoveryAndItsResponsesHaveTheExpectedBytes() throws Exception {
        Objective elsewhere = Objective.negotiable("EX5");
        world.collect(asa.discover(elsewhere, Duration.ofSeconds(1)));
        moment();
        String id = id(ScriptedPeer.decode(peer.heard.get(0)).session());
        assertThat(hex(peer.heard)).containsExactly(plain("84 01" + id + address(node) + "84 63455835 03 06 f6"));

        world.await(asa.deregister("EX3"));
        world.await(asa.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        peer.multicast(bytes("84 01 07" + address(peer.node) + "84 63455833 03 06 07"));
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(0));
        List<GraspOption> place = List.of(new GraspOption.LocatorOption(ula()));
        peer.reply(new Response(asked.session(), asked.initiator(), 60_000, place, null));
        moment();
        assertThat(hex(peer.accepted.get(0).bytes))
                .containsExactly(plain("85 02 07" + address(peer.node) + REST_OF_MINUTE + option(node)));

        // It has learned this by its own discovery, on the other link.
        beyond.multicast(bytes("84 01 08" + address(beyond.node) + "84 63455835 03 06 f6"));
        moment();
        assertThat(hex(beyond.accepted.get(0).bytes))
                .singleElement()
                .asString()
                .matches(plain("85 02 08" + address(beyond.node) + "19[0-9a-f]{4} 82 1864 84 1867" + ULA + "06 1901bb")[
                        0]);
        world.loop.advance(Duration.ofSeconds(1));
    }

    /** RFC 8990 section 2.10.3: the discovery holds the whole objective, and not just its name. */
    @Test
    @Proves({"8990-2.10.1-1", "8990-2.10.3-10", "8990-4-1", "8990-2.8.4-8", "8990-2.10.3-5"})
    void rapidDiscoveriesHaveTheExpectedBytes() {
        Objective dryRun = EX3.withDryRun(true).withLoopCount(9);
        world.collect(asa.rapid()
                .requestNegotiate(dryRun.withValue(List.of("NZD", 7)), RequestOptions.within(Duration.ofMillis(40))));
        world.collect(asa.rapid().synchronize(EX2.withLoopCount(9), RequestOptions.within(Duration.ofMillis(40))));
        moment();

        String first = id(ScriptedPeer.decode(peer.heard.get(0)).session());
        String second = id(ScriptedPeer.decode(peer.heard.get(1)).session());
        assertThat(hex(peer.heard).subList(0, 2))
                .containsExactly(plain(
                        "84 01" + first + address(node) + "84 63455833 0b 09 82 634e5a44 07",
                        "84 01" + second + address(node) + "84 63455832 05 09 00"));
        world.loop.advance(Duration.ofMinutes(1));
    }

    /** Each call of the API that makes a request. */
    @Test
    @Proves({"8990-2.8.6-5", "8990-2.10.3-9", "8991-2.3.5-1", "8990-2.10.3-5", "8990-2.10.1-1"})
    void requestsHaveTheLoopCountOfTheObjectiveOrSix() {
        learn(EX2);
        learn(EX3);
        for (int loopCount : new int[] {6, 1, 200}) {
            Objective ex2 = loopCount == 6 ? EX2 : EX2.withLoopCount(loopCount);
            Objective ex3 = (loopCount == 6 ? EX3 : EX3.withLoopCount(loopCount)).withValue(1);
            peer.accepted.clear();
            List<Collected<?>> calls = List.of(
                    world.collect(asa.requestNegotiate(ex3, at(peer))),
                    world.collect(asa.requestNegotiate(ex3)),
                    world.collect(asa.negotiate(ex3, at(peer), offers -> Flux.never())),
                    world.collect(asa.negotiate(ex3, at(peer), offers -> Flux.never())),
                    world.collect(asa.negotiate(ex3, offers -> Flux.never())),
                    world.collect(asa.raw().request(ex3, at(peer))),
                    world.collect(asa.rapid().requestNegotiate(ex3)),
                    world.collect(asa.synchronize(ex2, at(peer))),
                    world.collect(asa.synchronize(ex2)),
                    world.collect(asa.rapid().synchronize(ex2)));
            moment();

            String objective = loopCount == 200 ? "18c8" : number(loopCount);
            List<String> sent = peer.accepted.stream()
                    .map(wire -> hex(wire.bytes.get(0)))
                    .map(message -> message.substring(message.indexOf("634558")))
                    .toList();
            assertThat(sent).hasSize(calls.size());
            assertThat(sent.stream().distinct())
                    .containsExactlyInAnyOrder("6345583303" + objective + "01", "6345583205" + objective + "f6");
            calls.forEach(Collected::cancel);
            moment();
        }
    }

    @Test
    @Proves({"8990-2.10.3-7", "8990-2.10.3-10", "8990-2.10.3-11"})
    void anAbsentValueIsSentAsNull() {
        Collected<Negotiation> request = world.collect(asa.requestNegotiate(EX3, at(peer)));
        moment();
        ScriptedPeer.Wire wire = peer.accepted.get(0);
        wire.send(bytes("83 05" + id(wire) + "84 63455833 03 05 07"));
        Negotiation ours = request.awaitValues(1).get(0);
        world.collect(ours.step(ObjectiveValue.NONE));
        moment();

        assertThat(hex(wire.bytes))
                .containsExactly(plain(
                        "83 03" + id(wire) + "84 63455833 03 06 f6", "83 05" + id(wire) + "84 63455833 03 04 f6"));
    }
}
