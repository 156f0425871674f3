package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.grasp.substrate.Completion;
import io.grasp.substrate.sim.SimEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The effect of each condition of a link on datagrams. */
class LinkConditionsTest extends SimFixture {
    private static final int MANY = 10_000;

    private SimLink lan(LinkConditions conditions) {
        SimLink lan = link("lan", LinkKind.DATAGRAM, conditions, "a", "b");
        start("a", "b");
        return lan;
    }

    private void multicastMany(int length) {
        loop.run(() -> {
            for (int i = 0; i < MANY; i++) {
                at("a").link().multicast(new byte[length], Completion.IGNORED);
            }
        });
        loop.runUntilIdle();
    }

    @Test
    void aPerfectLinkDeliversEverythingOnceAndInOrder() {
        lan(DELAYED);
        multicastMany(1);
        assertThat(events(Kind.DELIVERED, "b"))
                .hasSize(MANY)
                .allMatch(event -> event.at().equals(MILLIS_5));
        assertThat(events).hasSize(2 * MANY);
    }

    @Test
    void lossHasItsProbabilityAndSparesTheCopyOfTheSender() {
        lan(DELAYED.withLoss(0.2));
        multicastMany(1);
        assertThat(events(Kind.LOST, "b")).hasSizeBetween(1800, 2200);
        assertThat(events(Kind.LOST).size() + events(Kind.DELIVERED, "b").size())
                .isEqualTo(MANY);
        assertThat(events(Kind.DELIVERED, "a")).hasSize(MANY);
    }

    @Test
    void aLossProbabilityOfOneLosesEverything() {
        lan(DELAYED.withLoss(1));
        multicast("a", 3);
        assertThat(events(Kind.LOST, "b")).singleElement().satisfies(event -> {
            assertThat(event.from()).isEqualTo("a");
            assertThat(event.link()).isEqualTo("lan");
            assertThat(event.bytes()).hasSize(3);
        });
        loop.runUntilIdle();
        assertThat(events(Kind.DELIVERED, "b")).isEmpty();
    }

    @Test
    void duplicationHasItsProbability() {
        lan(DELAYED.withDuplication(0.1));
        multicastMany(1);
        int copies = events(Kind.DUPLICATED, "b").size();
        assertThat(copies).isBetween(850, 1150);
        assertThat(events(Kind.DELIVERED, "b")).hasSize(MANY + copies);
    }

    @Test
    void jitterIsUniformAndLetsDatagramsOvertakeEachOther() {
        lan(DELAYED.withJitter(Duration.ofMillis(10)));
        List<Byte> order = new ArrayList<>();
        at("b").onMessage((link, message, back) -> order.add(message[0]));
        loop.run(() -> {
            for (byte i = 0; i < 100; i++) {
                at("a").link().multicast(new byte[] {i}, Completion.IGNORED);
            }
        });
        loop.runUntilIdle();
        assertThat(order).hasSize(100).isNotEqualTo(order.stream().sorted().toList());
        forget();
        Duration start = network.now();
        multicastMany(1);
        List<Long> millis = millisSince(start, events(Kind.DELIVERED, "b"));
        assertThat(millis).hasSize(MANY).allMatch(each -> each >= 5 && each <= 15);
        assertThat(millis.stream().mapToLong(each -> each).average().orElseThrow())
                .isCloseTo(9.5, within(0.3)); // cut to whole milliseconds
    }

    @Test
    void aReorderedMessageTakesTwiceTheDelayAndIsOvertaken() {
        SimLink lan = lan(DELAYED.withReordering(1));
        multicast("a", 1);
        lan.setConditions(DELAYED);
        loop.advance(Duration.ofMillis(4));
        multicast("a", 2);
        loop.runUntilIdle();
        assertThat(log.stream().filter(line -> line.contains(" b ")))
                .containsExactly("9 b linkMessage lan 2", "10 b linkMessage lan 1");
    }

    @Test
    void aReorderedMessageWithoutDelayTakesAMillisecond() {
        SimLink lan = lan(LinkConditions.PERFECT.withReordering(1));
        multicast("a", 1);
        lan.setConditions(LinkConditions.PERFECT);
        multicast("a", 2);
        loop.runUntilIdle();
        assertThat(log.stream().filter(line -> line.contains(" b ")))
                .containsExactly("0 b linkMessage lan 2", "1 b linkMessage lan 1");
    }

    @Test
    void corruptionChangesTheBytesOfOneReceiverOnly() {
        lan(DELAYED.withCorruption(1));
        byte[] message = new byte[20];
        List<byte[]> atA = new ArrayList<>();
        List<byte[]> atB = new ArrayList<>();
        at("a").onMessage((link, received, back) -> atA.add(received));
        at("b").onMessage((link, received, back) -> atB.add(received));
        for (int i = 0; i < 100; i++) {
            multicast("a", message);
        }
        multicast("a", 0);
        loop.runUntilIdle();
        assertThat(message).containsOnly(0);
        assertThat(atA).hasSize(101).filteredOn(each -> each.length == 20).allMatch(each -> bits(each) == 0);
        assertThat(atB).hasSize(101).filteredOn(each -> each.length == 20).allMatch(each -> bits(each) > 0);
        assertThat(atB.stream().mapToInt(LinkConditionsTest::bits).max().orElseThrow())
                .isGreaterThan(1);
        assertThat(events(Kind.CORRUPTED, "b")).hasSize(100).allMatch(event -> bits(event.bytes()) > 0);
        assertThat(events(Kind.DELIVERED, "b")).hasSize(1);
    }

    private static int bits(byte[] bytes) {
        int bits = 0;
        for (byte each : bytes) {
            bits += Integer.bitCount(Byte.toUnsignedInt(each));
        }
        return bits;
    }

    @Test
    void corruptionHasItsProbability() {
        lan(DELAYED.withCorruption(0.3));
        multicastMany(5);
        assertThat(events(Kind.CORRUPTED, "b")).hasSizeBetween(2800, 3200);
    }

    @Test
    void bandwidthDelaysEachDirectionSeparately() {
        lan(DELAYED.withBandwidth(8000)); // a byte takes a millisecond
        multicast("a", 100);
        multicast("a", 50);
        multicast("b", 10);
        multicast("a", 0);
        loop.runUntilIdle();
        assertThat(millisSince(
                        Duration.ZERO,
                        events(Kind.DELIVERED, "b").stream()
                                .filter(event -> event.from().equals("a"))
                                .toList()))
                .containsExactly(105L, 155L, 155L);
        assertThat(millisSince(
                        Duration.ZERO,
                        events(Kind.DELIVERED, "a").stream()
                                .filter(event -> event.from().equals("b"))
                                .toList()))
                .containsExactly(15L);
    }

    @Test
    void aFullQueueLosesNewMessages() {
        lan(DELAYED.withBandwidth(8000).withQueueBytes(250));
        multicast("a", 300); // an empty queue accepts any message
        multicast("a", 1);
        loop.advance(Duration.ofMillis(150));
        multicast("a", 101);
        multicast("a", 100);
        multicast("a", 1);
        loop.runUntilIdle();
        assertThat(events(Kind.LOST, "b"))
                .extracting(event -> event.bytes().length)
                .containsExactly(1, 101, 1);
        assertThat(events(Kind.LOST, "b")).extracting(SimEvent::detail).containsOnly("queue full");
        assertThat(millisSince(Duration.ZERO, events(Kind.DELIVERED, "b"))).containsExactly(305L, 405L);
    }

    @Test
    void theMtuBoundsMulticastsOnDatagramLinksOnly() {
        SimLink lan = lan(LinkConditions.PERFECT.withMtu(1500));
        SimLink streams = link("streams", LinkKind.STREAM, LinkConditions.PERFECT, "a");
        loop.runReady();
        assertThat(at("a").link().maxMulticastBytes()).isEqualTo(1452);
        assertThat(at("a").links().get(1).maxMulticastBytes()).isEqualTo(Integer.MAX_VALUE);
        assertThat(streams.conditions()).isEqualTo(LinkConditions.PERFECT);
        lan.setConditions(LinkConditions.PERFECT);
        assertThat(at("a").link().maxMulticastBytes()).isEqualTo(1232);
    }

    @Test
    void eachLinkHasItsOwnRandomGenerator() {
        LinkConditions lossy = DELAYED.withLoss(0.5);
        link("first", LinkKind.DATAGRAM, lossy, "a", "b");
        link("second", LinkKind.DATAGRAM, lossy, "a", "b");
        start("a", "b");
        for (int i = 0; i < 50; i++) {
            byte[] message = new byte[i];
            at("a").links().forEach(link -> loop.run(() -> link.multicast(message, Completion.IGNORED)));
        }
        loop.runUntilIdle();
        assertThat(lostOn("first")).isNotEqualTo(lostOn("second"));
    }

    private List<Integer> lostOn(String link) {
        return events(Kind.LOST).stream()
                .filter(event -> event.link().equals(link))
                .map(event -> event.bytes().length)
                .toList();
    }

    @Test
    void trafficOnOneLinkDoesNotChangeTheFaultsOfAnother() {
        assertThat(lostOnFirst(false)).isEqualTo(lostOnFirst(true)).isNotEmpty();
    }

    private static List<Integer> lostOnFirst(boolean trafficOnSecond) {
        VirtualLoop loop = new VirtualLoop();
        SimNetwork network = SimNetwork.create(loop, 7);
        SimNode a = network.node("a");
        LinkConditions lossy = DELAYED.withLoss(0.5);
        network.link("first", LinkKind.DATAGRAM, lossy, a, network.node("b"));
        network.link("second", LinkKind.DATAGRAM, lossy, a, network.node("b"));
        List<Integer> lost = new ArrayList<>();
        network.observe(event -> {
            if (event.kind() == Kind.LOST && event.link().equals("first")) {
                lost.add(event.bytes().length);
            }
        });
        Recorder recorder = new Recorder(loop, a);
        loop.run(() -> a.start(recorder, Completion.IGNORED));
        for (int i = 0; i < 50; i++) {
            byte[] message = new byte[i];
            loop.run(() -> recorder.links().get(0).multicast(message, Completion.IGNORED));
            if (trafficOnSecond) {
                loop.run(() -> recorder.links().get(1).multicast(message, Completion.IGNORED));
            }
        }
        loop.runUntilIdle();
        return lost;
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void aProbabilityIsFrom0To1(double wrong) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkConditions.PERFECT.withLoss(wrong))
                .withMessage("loss " + wrong + " is not from 0 to 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkConditions.PERFECT.withDuplication(wrong))
                .withMessageContaining("duplication");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkConditions.PERFECT.withReordering(wrong))
                .withMessageContaining("reordering");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkConditions.PERFECT.withCorruption(wrong))
                .withMessageContaining("corruption");
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkConditions.PERFECT.withDelay(Duration.ofMillis(-1)))
                .withMessage("delay PT-0.001S is negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkConditions.PERFECT.withJitter(Duration.ofDays(100_000)))
                .withMessageContaining("longer than");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkConditions.PERFECT.withBandwidth(-1))
                .withMessageContaining("bandwidth -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkConditions.PERFECT.withQueueBytes(0))
                .withMessageContaining("queue of 0 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LinkConditions.PERFECT.withMtu(1279))
                .withMessage("MTU 1279 is below 1280");
    }
}
