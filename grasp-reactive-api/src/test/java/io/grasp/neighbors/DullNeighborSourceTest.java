package io.grasp.neighbors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborItem;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.util.AddressText;
import io.grasp.wire.Flood;
import io.grasp.wire.MessageEncoder;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Finding neighbors by DULL floods of AN_ACP, on simulated links. */
class DullNeighborSourceTest {
    private static final String METHOD = "io.grasp.tls";
    private static final int PORT = 8001;
    private static final String OUTSIDER = "fe80::bad";

    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final SimLink lan = network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(5));
    private final VirtualTimeScheduler pauses = VirtualTimeScheduler.create();
    private final List<Searching> searching = new ArrayList<>();
    private int sessions;

    /** A node that looks for neighbors, and what its overlay would be told. */
    private final class Searching implements NeighborSource.Neighbors, GraspObserver {
        private SimNode node;
        private final NeighborSource.Search search;
        private final List<String> found = new ArrayList<>();
        private final List<Throwable> failures = new ArrayList<>();
        private OptionalInt port;
        private int floods;
        private int startsThatFail;
        private boolean ended;

        Searching(String name, int port, SimLink link, int startsThatFail) {
            this.node = network.node(name);
            this.port = OptionalInt.of(port);
            this.startsThatFail = startsThatFail;
            network.connect(node, link);
            search = DullNeighborSource.on(link.name())
                    .withRetry(Duration.ofSeconds(30))
                    .withInstance(dull -> dull.withSubstrate(this::substrate)
                            .withRandom(() -> new Random(name.hashCode()))
                            .withObserver(this))
                    .start(this, pauses);
            searching.add(this);
        }

        private SimNode substrate() {
            if (--startsThatFail >= 0) {
                throw new IllegalStateException("no socket");
            }
            return node;
        }

        @Override
        public OptionalInt portAt(InetAddress own) {
            assertThat(own.isLinkLocalAddress()).isTrue();
            return port;
        }

        @Override
        public void found(InetSocketAddress neighbor, Duration valid) {
            found.add(AddressText.of(neighbor) + " for " + valid.toSeconds());
        }

        @Override
        public void lost(InetSocketAddress neighbor) {
            throw new AssertionError("the overlay itself forgets after the time");
        }

        @Override
        public void failed(String what, Throwable cause) {
            assertThat(what).startsWith("finding neighbors on ");
            failures.add(cause);
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            floods++;
        }

        void end() {
            search.end(failure -> {
                assertThat(failure).isNull();
                ended = true;
            });
        }
    }

    @AfterEach
    void endAll() {
        searching.forEach(Searching::end);
        loop.runReady();
        assertThat(searching).allSatisfy(each -> {
            assertThat(each.ended).isTrue();
            assertThat(each.node.isRunning()).isFalse();
        });
        assertThat(loop.pendingWakeups()).isZero();
        assertThat(network.openConnections()).isZero();
    }

    private Searching start(String name, int port) {
        Searching started = new Searching(name, port, lan, 0);
        advance(Duration.ofSeconds(1));
        return started;
    }

    private void advance(Duration time) {
        loop.advance(time);
        pauses.advanceTimeBy(time);
        loop.runReady();
    }

    /** An outsider floods on the link, from any source. */
    private void flood(String initiator, ObjectiveValue value, Locator locator, long ttlMillis) {
        flood(lan, initiator, value, locator, ttlMillis);
    }

    private void flood(SimLink link, String initiator, ObjectiveValue value, Locator locator, long ttlMillis) {
        Objective objective =
                Objective.synchronizable("AN_ACP").withLoopCount(1).withValue(value);
        Flood flood = new Flood(
                new SessionId(++sessions),
                address(initiator),
                ttlMillis,
                List.of(
                        locator == null
                                ? TaggedObjective.untagged(objective)
                                : new TaggedObjective(objective, locator)));
        SimNode sender = link.nodes().get(0);
        loop.run(() -> link.forge(
                sender,
                new InetSocketAddress(address(initiator), 7017),
                MessageEncoder.encode(flood),
                Completion.IGNORED));
        advance(Duration.ofMillis(10));
    }

    private void flood(String initiator, int port, long ttlMillis) {
        flood(initiator, ObjectiveValue.of(METHOD), tcp(initiator, port), ttlMillis);
    }

    private static Locator tcp(String address, int port) {
        return new Locator.Ipv6((Inet6Address) address(address), Locator.TCP, port);
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void twoNodesFindEachOtherAgainAndAgain() {
        Searching one = start("one", 8001);
        advance(Duration.ofSeconds(30));
        Searching two = start("two", 8002);
        assertThat(one.found).singleElement().asString().matches("\\[fe80::.*%1]:8002 for 210");
        assertThat(two.found).as("at once").singleElement().asString().matches("\\[fe80::.*%1]:8001 for 210");
        advance(Duration.ofMinutes(10));
        assertThat(one.found).hasSizeBetween(11, 13).containsOnly(one.found.get(0));
        assertThat(two.found).hasSizeBetween(10, 12).containsOnly(two.found.get(0));
        assertThat(one.floods)
                .as("at the start, for the other, and every minute")
                .isBetween(11, 13);
        assertThat(one.failures).isEmpty();
    }

    @Test
    void aNeighborThatComesBackIsAnsweredAtOnce() {
        Searching one = start("one", PORT);
        flood(OUTSIDER, 8002, 210_000);
        advance(Duration.ofMinutes(60).plusSeconds(20));
        int before = one.floods;
        flood(OUTSIDER, 8002, 210_000);

        assertThat(one.floods).isEqualTo(before + 1);
    }

    @Test
    void aNeighborThatStartsManyTimesIsNotAnsweredEachTime() {
        Searching one = start("one", PORT);
        for (int i = 0; i < 60; i++) {
            flood(OUTSIDER, 8002, 210_000);
            advance(Duration.ofSeconds(1));
        }

        assertThat(one.floods).isBetween(2, 8);
        assertThat(one.found).as("one in 10 s").hasSizeBetween(6, 7);
    }

    /** A ttl of 0 means without end (RFC 8990 section 2.8.11). */
    @ParameterizedTest
    @CsvSource({"1, 60", "100000, 100", "210000, 210", "3456000000, 210", "0, 210"})
    void theSenderDoesNotDecideForHowLongItIsWanted(long ttlMillis, int seconds) {
        Searching one = start("one", PORT);
        flood(OUTSIDER, 8002, ttlMillis);

        assertThat(one.found).containsExactly("[fe80::bad%1]:8002 for " + seconds);
    }

    static Stream<Arguments> values() throws CborException {
        ObjectiveValue notUtf8 =
                ObjectiveValue.ofItem(CborItem.of(HexFormat.of().parseHex("61ff")));
        return Stream.of(
                Arguments.of(ObjectiveValue.of(METHOD), true),
                Arguments.of(ObjectiveValue.of(List.of(METHOD, 1)), true),
                Arguments.of(ObjectiveValue.of(List.of(List.of(METHOD, "parameter"), "extension")), true),
                Arguments.of(ObjectiveValue.of("IKEv2"), false),
                Arguments.of(ObjectiveValue.of(METHOD + "2"), false),
                Arguments.of(ObjectiveValue.of(List.of("IKEv2", METHOD)), false),
                Arguments.of(ObjectiveValue.of(List.of()), false),
                Arguments.of(ObjectiveValue.of(List.of(List.of())), false),
                Arguments.of(ObjectiveValue.of(List.of(List.of(List.of(METHOD)))), false),
                Arguments.of(ObjectiveValue.of(METHOD.getBytes(java.nio.charset.StandardCharsets.UTF_8)), false),
                Arguments.of(ObjectiveValue.of(1), false),
                Arguments.of(ObjectiveValue.NONE, false),
                Arguments.of(notUtf8, false));
    }

    @ParameterizedTest
    @MethodSource("values")
    void onlyOurMethodCounts(ObjectiveValue value, boolean counts) {
        Searching one = start("one", PORT);
        flood(OUTSIDER, value, tcp(OUTSIDER, 8002), 210_000);

        assertThat(one.found).hasSize(counts ? 1 : 0);
        assertThat(one.failures).isEmpty();
    }

    static Stream<Locator> locators() {
        return Stream.of(
                tcp("fe80::1234", 8002),
                tcp("fd00::bad", 8002),
                tcp(OUTSIDER, 0),
                new Locator.Ipv6((Inet6Address) address(OUTSIDER), Locator.UDP, 8002),
                Locator.tcp("192.0.2.1", 8002),
                new Locator.Fqdn("neighbor.example.com", Locator.TCP, 8002),
                null);
    }

    /** RFC 8994 section 6.4: the address is the initiator. */
    @ParameterizedTest
    @MethodSource("locators")
    void onlyTcpAtTheAddressOfTheInitiatorCounts(Locator locator) {
        Searching one = start("one", PORT);
        flood(OUTSIDER, ObjectiveValue.of(METHOD), locator, 210_000);
        assertThat(one.found).isEmpty();

        flood(OUTSIDER, 8002, 210_000);
        assertThat(one.found).hasSize(1);
    }

    @Test
    void anInitiatorThatIsNotLinkLocalDoesNotCount() {
        Searching one = start("one", PORT);
        flood("fd00::bad", 8002, 210_000);

        assertThat(one.found).isEmpty();
    }

    @Test
    void aThousandForgedFloodsAreReportedInPartAndHideNoNeighbor() {
        Searching one = start("one", PORT);
        loop.run(() -> {
            for (int i = 1; i <= 1000; i++) {
                Objective objective =
                        Objective.synchronizable("AN_ACP").withLoopCount(1).withValue(METHOD);
                String source = "fe80::bad:" + Integer.toHexString(i);
                Flood flood = new Flood(
                        new SessionId(++sessions),
                        address(source),
                        0,
                        List.of(new TaggedObjective(objective, tcp(source, 8002))));
                lan.forge(
                        one.node,
                        new InetSocketAddress(address(source), 7017),
                        MessageEncoder.encode(flood),
                        Completion.IGNORED);
            }
        });
        advance(Duration.ofMillis(100));
        assertThat(one.found).hasSizeBetween(1, LinkSearch.MAX_NEW_PLACES).doesNotHaveDuplicates();

        advance(Duration.ofSeconds(1));
        start("two", 8002);
        assertThat(one.found).last().asString().endsWith("%1]:8002 for 210").doesNotContain("bad");
        assertThat(one.floods).isLessThanOrEqualTo(2);
    }

    @Test
    void aForgedFloodWithAShortTimeDoesNotHideTheLongerOneOfTheNeighbor() {
        Searching one = start("one", PORT);
        flood(OUTSIDER, 8002, 1); // forged, of a neighbor's address and port
        advance(Duration.ofSeconds(5));
        flood(OUTSIDER, 8002, 210_000); // the neighbor itself
        flood(OUTSIDER, 8002, 1);
        assertThat(one.found).hasSize(2).last().asString().endsWith("for 210");
    }

    @Test
    void neighborsWithOneAddressOnTwoLinksAreToldApartByTheScope() {
        Searching one = start("one", PORT);
        SimLink other = network.link("other", LinkKind.DATAGRAM, Duration.ofMillis(5));
        SimLink before = network.link("before", LinkKind.DATAGRAM, Duration.ofMillis(5));
        SimNode node = network.node("second instance");
        network.connect(node, before);
        network.disconnect(node, before);
        Searching two = new Searching(node.name(), PORT, other, 0);
        advance(Duration.ofSeconds(1));

        flood(OUTSIDER, 8002, 210_000);
        flood(other, OUTSIDER, ObjectiveValue.of(METHOD), tcp(OUTSIDER, 8002), 210_000);

        assertThat(one.found).containsExactly("[fe80::bad%1]:8002 for 210");
        assertThat(two.found).containsExactly("[fe80::bad%2]:8002 for 210");
    }

    @Test
    void aLinkThatReturnsIsUsedAtOnceWithItsNewIndex() {
        Searching one = start("one", 8001);
        Searching two = start("two", 8002);
        network.disconnect(one.node, lan);
        advance(Duration.ofMinutes(5).plusSeconds(30));
        assertThat(one.failures).singleElement().asString().contains("awaited");
        int before = one.floods;
        one.found.clear();
        two.found.clear();

        network.connect(one.node, lan);
        advance(Duration.ofSeconds(1));

        assertThat(one.floods).isEqualTo(before + 1);
        assertThat(two.found).singleElement().asString().endsWith("%1]:8001 for 210");
        assertThat(one.found).as("the answer").singleElement().asString().endsWith("%2]:8002 for 210");
    }

    @Test
    void aNodeThatAcceptsNoConnectionsIsNotAnnouncedAndStillFindsOthers() {
        Searching one = new Searching("one", 8001, lan, 0);
        one.port = OptionalInt.empty();
        advance(Duration.ofSeconds(1));
        Searching two = start("two", 8002);
        advance(Duration.ofMinutes(3));
        assertThat(one.floods).isZero();
        assertThat(one.found).isNotEmpty();
        assertThat(two.found).isEmpty();
        assertThat(one.failures)
                .singleElement()
                .isInstanceOf(GraspException.class)
                .asString()
                .contains("this node accepts no connections at fe80::");

        one.port = OptionalInt.of(8001);
        advance(Duration.ofMinutes(1));
        assertThat(two.found).singleElement().asString().endsWith(":8001 for 210");
    }

    @Test
    void aStartThatFailsIsReportedAndRepeated() {
        Searching one = new Searching("one", 8001, lan, 2);
        Searching two = start("two", 8002);
        advance(Duration.ofSeconds(20));
        assertThat(one.failures)
                .singleElement()
                .isInstanceOf(GraspException.class)
                .asString()
                .contains("no socket");
        advance(Duration.ofSeconds(30));
        assertThat(one.failures).hasSize(2);
        assertThat(one.node.isRunning()).isFalse();
        advance(Duration.ofSeconds(30));
        advance(Duration.ofSeconds(1));

        assertThat(one.failures).hasSize(2);
        assertThat(two.found).isNotEmpty();
    }

    @Test
    void anEndDuringTheStartOrAPauseLeavesNothing() {
        Searching starting = new Searching("starting", 8001, lan, 0);
        starting.end();
        Searching pausing = new Searching("pausing", 8002, lan, 1);
        loop.runReady();
        assertThat(pausing.failures).hasSize(1);
        pausing.end();
        loop.runReady();

        assertThat(List.of(starting, pausing)).allSatisfy(each -> {
            assertThat(each.ended).isTrue();
            assertThat(each.node.isRunning()).isFalse();
            assertThat(each.floods).isZero();
        });
        advance(Duration.ofMinutes(1));
        assertThat(pausing.failures).as("attempts").hasSize(1);
    }

    @Test
    void anInstanceThatFailsIsReplaced() {
        Searching one = start("one", 8001);
        Searching two = start("two", 8002);
        one.found.clear();
        loop.run(() -> one.node.loop().execute(() -> {
            throw new InternalError("expected by this test");
        }));
        advance(Duration.ofSeconds(1));
        assertThat(one.failures).singleElement().asString().contains("expected by this test");
        one.node = network.node("replacement"); // a simulated node that has failed cannot be used any more
        network.connect(one.node, lan);
        advance(Duration.ofMinutes(1));
        advance(Duration.ofMinutes(1));

        assertThat(one.found).isNotEmpty();
        assertThat(two.failures).isEmpty();
    }

    @Test
    void aPauseWithoutTimeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DullNeighborSource.on("lan").withRetry(Duration.ZERO))
                .withMessageContaining("must be above 0");
    }
}
