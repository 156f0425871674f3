package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.model.Locator;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a host can do that forges its source, or has many addresses. */
class ForgedSourcesTest extends SimFixture {
    private final List<String> connecting = new ArrayList<>();

    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(((Locator.Ipv6) Locator.tcp(host, 1)).address(), port);
    }

    private void forge(SimLink link, String from, InetSocketAddress source, byte[] message) {
        loop.run(() -> link.forge(node(from), source, message, Completion.IGNORED));
    }

    private void observeConnects() {
        network.observe(new SimObserver() {
            @Override
            public void happened(SimEvent event) {}

            @Override
            public void connecting(String from, InetSocketAddress remote, Purpose purpose) {
                connecting.add(from + " to " + AddressText.of(remote) + " " + purpose);
            }

            @Override
            public void connected(String from, InetSocketAddress remote) {
                connecting.add(from + " connected to " + AddressText.of(remote));
            }
        });
    }

    @Test
    void aReplyToAForgedMulticastGoesToTheForgedSource() {
        SimLink lan = link("lan", LinkKind.DATAGRAM, DELAYED, "mallory", "b", "victim");
        start("mallory", "b", "victim");
        observeConnects();
        at("b").onMessage((link, message, back) -> back.reply(new byte[7], Completion.IGNORED));
        InetSocketAddress victim = new InetSocketAddress(
                at("victim").link().linkLocalAddress(), node("victim").port());

        forge(lan, "mallory", victim, new byte[3]);
        loop.runUntilIdle();

        assertThat(connecting)
                .containsExactly("b to [fe80::1:3%1]:10003 MULTICAST_REPLY", "b connected to [fe80::1:3%1]:10003");
        assertThat(log).contains("5 b linkMessage lan 3", "5 victim linkMessage lan 3", "5 mallory linkMessage lan 3");
        assertThat(events(Kind.DATA, "victim"))
                .singleElement()
                .satisfies(event -> assertThat(event.bytes()).hasSize(7));
        assertThat(events(Kind.DELIVERED, "b")).singleElement().satisfies(event -> {
            assertThat(event.from()).as("the trace shows who sent it").isEqualTo("mallory");
            assertThat(event.detail()).isEqualTo("from [fe80::1:3%1]:10003");
        });
    }

    @Test
    void aSourceOfAnyFormIsSeenAsItIs() {
        SimLink lan = link("lan", LinkKind.DATAGRAM, DELAYED, "mallory", "b");
        link("wan", LinkKind.DATAGRAM, DELAYED, "b");
        start("mallory", "b");
        List<String> sources = new ArrayList<>();
        at("b").onMessage((link, message, back) -> sources.add(AddressText.of(back.source())));

        forge(lan, "mallory", address("2001:db8::1", 0), new byte[1]);
        forge(lan, "mallory", address("fe80::77", 5), new byte[1]);
        forge(lan, "mallory", address("::1", 5), new byte[1]);
        loop.runUntilIdle();

        assertThat(sources).containsExactly("[2001:db8::1]:0", "[fe80::77%1]:5", "[::1]:5");
    }

    @Test
    void aReplyToASourceThatNoNodeHasFails() {
        SimLink lan = link("lan", LinkKind.DATAGRAM, DELAYED, "mallory", "b");
        start("mallory", "b");
        observeConnects();
        List<Throwable> failures = new ArrayList<>();
        at("b").onMessage((link, message, back) -> back.reply(new byte[7], failures::add));

        forge(lan, "mallory", address("fe80::77", 5), new byte[1]);
        forge(lan, "mallory", address("2001:db8::1", 5), new byte[1]);
        loop.runUntilIdle();

        assertThat(failures).hasSize(2).doesNotContainNull();
        assertThat(connecting)
                .containsExactly("b to [fe80::77%1]:5 MULTICAST_REPLY", "b to [2001:db8::1]:5 MULTICAST_REPLY");
    }

    @Test
    void onlyAHostOfADatagramLinkCanForge() {
        SimLink streams = link("streams", LinkKind.STREAM, DELAYED, "mallory", "b");
        SimLink lan = link("lan", LinkKind.DATAGRAM, DELAYED, "b");
        start("mallory", "b");
        InetSocketAddress source = address("fe80::77", 5);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> forge(streams, "mallory", source, new byte[1]))
                .withMessage("link streams consists of streams, whose source cannot be forged");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> forge(lan, "mallory", source, new byte[1]))
                .withMessage("mallory is not on link lan");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> forge(lan, "b", InetSocketAddress.createUnresolved("b.example", 5), new byte[1]));
    }

    @Test
    void aForgedMulticastIsSubjectToTheLink() {
        SimLink lan = link("lan", LinkKind.DATAGRAM, DELAYED.withLoss(1), "mallory", "b");
        start("mallory", "b");
        List<Throwable> results = new ArrayList<>();

        forge(lan, "mallory", address("fe80::77", 5), new byte[1]);
        loop.run(() -> lan.forge(node("mallory"), address("fe80::77", 5), new byte[9000], results::add));
        lan.down();
        loop.run(() -> lan.forge(node("mallory"), address("fe80::77", 5), new byte[1], results::add));
        loop.runUntilIdle();

        assertThat(events(Kind.LOST, "b")).hasSize(1);
        assertThat(events(Kind.DELIVERED, "b")).isEmpty();
        assertThat(results).hasSize(2).doesNotContainNull();
    }

    @Test
    void aUnicastDatagramReachesOneNodeAcrossLinks() {
        link("left", LinkKind.DATAGRAM, DELAYED, "mallory", "b");
        link("right", LinkKind.DATAGRAM, DELAYED, "b", "victim");
        start("mallory", "b", "victim");
        InetAddress to = node("victim").addresses().get(0);
        observeConnects();
        List<String> received = new ArrayList<>();
        at("victim").onUnicast((message, back) -> {
            received.add(message.length + " from " + AddressText.of(back.source()));
            back.reply(new byte[7], Completion.IGNORED);
        });

        loop.run(() -> node("mallory")
                .sendUnicast(
                        to,
                        new InetSocketAddress(
                                node("b").addresses().get(0), node("b").port()),
                        new byte[3]));
        loop.runUntilIdle();

        assertThat(received).containsExactly("3 from [fd00::2]:10002");
        assertThat(events(Kind.DATA, "b"))
                .singleElement()
                .satisfies(event -> assertThat(event.bytes()).hasSize(7));
        assertThat(log).noneMatch(line -> line.contains("linkMessage"));
        assertThat(connecting)
                .containsExactly("victim to [fd00::2]:10002 UNICAST_REPLY", "victim connected to [fd00::2]:10002");
    }

    @Test
    void aUnicastDatagramToALinkLocalAddressStaysOnItsLink() {
        link("right", LinkKind.DATAGRAM, DELAYED, "victim");
        link("left", LinkKind.DATAGRAM, DELAYED, "mallory", "victim");
        start("mallory", "victim");
        Link theirs = at("victim").links().get(1);
        InetAddress seen = SimAddresses.scoped(
                theirs.linkLocalAddress(), at("mallory").link().index());
        List<ReplyPath> received = new ArrayList<>();
        at("victim").onUnicast((message, back) -> received.add(back));

        loop.run(() -> node("mallory").sendUnicast(seen, address("fe80::77", 5), new byte[3]));
        loop.runUntilIdle();

        assertThat(received)
                .singleElement()
                .satisfies(back -> assertThat(AddressText.of(back.source())).isEqualTo("[fe80::77%2]:5"));
    }

    @Test
    void aUnicastDatagramThatReachesNoNodeIsLost() {
        SimLink lan = link("lan", LinkKind.DATAGRAM, DELAYED, "mallory", "b", "idle");
        start("mallory", "b");
        InetSocketAddress source = address("fe80::77", 5);

        loop.run(() -> node("mallory").sendUnicast(address("2001:db8::1", 1).getAddress(), source, new byte[3]));
        loop.run(() -> node("mallory").sendUnicast(node("idle").addresses().get(0), source, new byte[3]));
        loop.runUntilIdle();
        assertThat(events(Kind.UNREACHED)).hasSize(2);

        lan.setConditions(DELAYED.withLoss(1));
        loop.run(() -> node("mallory").sendUnicast(node("b").addresses().get(0), source, new byte[3]));
        loop.runUntilIdle();
        assertThat(events(Kind.LOST, "b")).hasSize(1);
        assertThat(events(Kind.DELIVERED)).isEmpty();
    }

    @Test
    void aHostConnectsFromTheAddressThatItChooses() {
        link("lan", LinkKind.DATAGRAM, DELAYED, "mallory", "b");
        start("mallory", "b");
        InetAddress second = address("2001:db8::2", 1).getAddress();
        node("mallory").addAddress(second);
        observeConnects();

        loop.run(() ->
                node("mallory").connectFrom(second, locator("b"), at("mallory").end()));
        loop.runUntilIdle();

        assertThat(at("b").accepted().remote().getAddress()).isEqualTo(second);
        assertThat(connecting)
                .containsExactly("mallory to [fd00::2]:10002 SESSION", "mallory connected to [fd00::2]:10002");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> loop.run(() -> node("mallory")
                        .connectFrom(
                                node("b").addresses().get(0),
                                locator("b"),
                                at("mallory").end())));
        loop.run(at("b").accepted()::close);
    }

    @Test
    void anAddressBehindANodeIsNotOnItsLink() {
        link("lan", LinkKind.DATAGRAM, DELAYED, "mallory", "b");
        start("mallory", "b");
        InetAddress behind = address("2001:db8::1", 1).getAddress();
        InetAddress here = address("2001:db8::2", 1).getAddress();
        node("mallory").addAddressBehind(behind);
        node("mallory").addAddress(here);

        assertThat(at("b").link().isNeighbor(behind)).isFalse();
        assertThat(at("b").link().isNeighbor(here)).isTrue();
        node("mallory").removeAddress(behind);
        node("mallory").addAddress(behind);
        assertThat(at("b").link().isNeighbor(behind)).isTrue();
    }

    @Test
    void aSilentAddressDoesNotAnswer() {
        link("lan", LinkKind.DATAGRAM, DELAYED, "mallory", "b");
        start("mallory", "b");
        observeConnects();
        InetAddress silent = address("2001:db8::1", 1).getAddress();
        node("mallory").addSilentAddress(silent);

        connect("b", Locator.of(silent, Locator.TCP, node("mallory").port()), 0);
        loop.advance(Duration.ofSeconds(100));
        assertThat(node("b").openConnections()).as("still trying").isEqualTo(1);
        loop.runUntilIdle();

        assertThat(events(Kind.TIMED_OUT)).hasSize(1);
        assertThat(connecting).doesNotContain("b connected to [2001:db8::1]:10001");
        assertThat(node("b").openConnections()).isZero();
    }
}
