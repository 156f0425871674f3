package io.grasp.substrate.netty.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.sim.VirtualLoop;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoundNeighborsTest {
    private static final int MOST = 16;
    private static final Duration UNTRIED = Duration.ofSeconds(1);
    private static final Duration VALID = Duration.ofSeconds(210);
    private static final int LAN = 1_000;

    private final VirtualLoop loop = new VirtualLoop();
    private final Map<String, TestCandidate> made = new LinkedHashMap<>();
    private final List<String> refused = new ArrayList<>();
    private final FoundNeighbors<TestCandidate> found = new FoundNeighbors<>(
            loop,
            MOST,
            UNTRIED.toNanos(),
            place -> {
                TestCandidate candidate = new TestCandidate(place.toString());
                made.put(candidate.place, candidate);
                return candidate;
            },
            (neighbor, detail) -> refused.add(neighbor.getPort() + ": " + detail));

    private static final class TestCandidate implements FoundNeighbors.Candidate {
        private final String place;
        private int begun;
        private Object member;
        private int failures;
        private boolean removed;
        private boolean closed;

        TestCandidate(String place) {
            this.place = place;
        }

        @Override
        public void begin() {
            begun++;
        }

        @Override
        public Object member() {
            return member;
        }

        @Override
        public int failures() {
            return failures;
        }

        @Override
        public void remove() {
            removed = true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static InetSocketAddress on(String address, int port) {
        return new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), port);
    }

    private TestCandidate find(String address, int port) {
        found(on(address, port), VALID);
        return made.get(HostAndPort.parse("[" + address + "]:" + port).toString());
    }

    private void found(InetSocketAddress neighbor, Duration valid) {
        onLoop(() -> found.found(neighbor, valid));
    }

    private void onLoop(Runnable task) {
        loop.call(() -> {
            task.run();
            return true;
        });
    }

    private boolean isWanted(TestCandidate candidate) {
        return found.all().contains(candidate);
    }

    private void fillTheLan() {
        for (int host = 1; host <= MOST; host++) {
            find("fe80::" + host, LAN);
        }
        assertThat(found.all()).hasSize(MOST);
    }

    @Test
    void oneAddressHasFewThatAreNotConnected() {
        for (int port = 1; port <= 100; port++) {
            find("fe80::bad", port);
        }

        assertThat(found.all()).hasSize(FoundNeighbors.MOST_OF_ONE_ADDRESS);
        assertThat(made).hasSize(FoundNeighbors.MOST_OF_ONE_ADDRESS);
        assertThat(refused).hasSize(100 - FoundNeighbors.MOST_OF_ONE_ADDRESS);
        found.all().forEach(each -> each.member = each);
        assertThat(find("fe80::bad", 101)).isNotNull();
    }

    @Test
    void anotherPortOfAnAddressIsTriedOnceOneHasFailedOften() {
        for (int port = 1; port <= FoundNeighbors.MOST_OF_ONE_ADDRESS; port++) {
            find("fe80::1", port).failures = FoundNeighbors.GIVEN_UP - 1;
        }
        assertThat(find("fe80::1", LAN)).isNull();
        TestCandidate gone = find("fe80::1", 2);
        gone.failures = FoundNeighbors.GIVEN_UP;

        assertThat(find("fe80::1", LAN).begun).isOne();
        assertThat(gone.removed).isTrue();
        assertThat(refused).hasSize(2).last().asString().startsWith("2: ").contains("gave way");
    }

    @Test
    void aNewAddressGetsAPlaceOfTheAddressThatHasTheMost() {
        TestCandidate single = find("fe80::a", LAN);
        for (int host = 1; found.all().size() < MOST; host++) {
            for (int port = 1; port <= 3; port++) {
                find("fe80::" + host, port);
            }
        }
        assertThat(find("fe80::b", LAN))
                .as("those before have not been tried yet")
                .isNull();
        loop.advance(UNTRIED);

        assertThat(find("fe80::b", LAN).begun).isOne();
        assertThat(isWanted(single)).isTrue();
        assertThat(found.all()).hasSize(MOST);
    }

    @Test
    void theOneThatHasFailedMostOftenGivesWayAndNeverAConnectedOne() {
        fillTheLan();
        loop.advance(UNTRIED);
        assertThat(find("fe80::a", LAN)).as("nothing has failed").isNull();
        List<TestCandidate> all = new ArrayList<>(found.all());
        all.forEach(each -> each.member = each);
        all.forEach(each -> each.failures = 9);
        assertThat(find("fe80::a", LAN)).as("all are connected").isNull();
        all.get(3).member = null;
        all.get(3).failures = 1;
        all.get(5).member = null;
        all.get(5).failures = 2;

        assertThat(find("fe80::a", LAN).begun).isOne();
        assertThat(all.stream().filter(each -> each.removed)).containsExactly(all.get(5));
    }

    @Test
    void aMemberAtManyPlacesDoesNotKeepOthersFromBeingTried() {
        Object greedy = new Object();
        for (int host = 1; found.all().size() < MOST; host++) {
            for (int port = 1; port <= FoundNeighbors.MOST_OF_ONE_ADDRESS; port++) {
                find("fe80::bad:" + host, port).member = greedy;
            }
            loop.advance(Duration.ofMillis(1));
        }
        TestCandidate oldest = made.values().iterator().next();
        assertThat(find("fe80::a", LAN)).as("they are new").isNull();
        loop.advance(UNTRIED);
        for (int host = 1; host < MOST; host++) {
            TestCandidate honest = find("fe80::" + host, LAN);
            assertThat(honest.begun).isOne();
            honest.member = honest;
        }
        assertThat(isWanted(oldest)).isTrue();
        assertThat(find("fe80::a", LAN)).as("all are needed").isNull();
    }

    @Test
    void ofThePlacesOfOneAddressThoseOfAConnectedMemberGiveWay() {
        Object greedy = new Object();
        for (int port = 1; port <= FoundNeighbors.MOST_OF_ONE_ADDRESS + 1; port++) {
            find("fe80::1", port).member = greedy;
        }
        loop.advance(UNTRIED);
        TestCandidate honest = find("fe80::1", LAN);
        assertThat(honest.begun).isOne();
        assertThat(isWanted(made.values().iterator().next())).as("the oldest").isTrue();
        assertThat(refused).hasSize(1).last().asString().contains("another place");
    }

    @Test
    void whatIsNotFoundAgainIsForgottenInTime() {
        TestCandidate candidate = find("fe80::1", LAN);
        loop.advance(VALID.minusSeconds(1));
        find("fe80::1", LAN);
        found(on("fe80::1", LAN), Duration.ofSeconds(1)); // not shorter
        loop.advance(VALID.minusSeconds(1));
        assertThat(candidate.removed).isFalse();
        assertThat(candidate.begun).isOne();
        loop.advance(Duration.ofSeconds(1));
        assertThat(candidate.removed).isTrue();
        assertThat(found.all()).isEmpty();

        found(on("fe80::2", LAN), Duration.ofSeconds(Long.MAX_VALUE));
        loop.advance(Duration.ofDays(365));
        assertThat(found.all()).hasSize(1);
        onLoop(() -> found.lost(on("fe80::2", LAN)));
        assertThat(found.all()).isEmpty();
        loop.runUntilIdle();
    }

    @Test
    void anOutsiderOfTheLanDoesNotKeepNeighborsFromBeingTried() {
        for (int host = 1; host <= 1_000; host++) {
            TestCandidate invented = find("fe80::bad:" + Integer.toHexString(host), LAN);
            if (invented != null) {
                invented.failures = 1; // no host has the address
            }
            loop.advance(Duration.ofMillis(100));
        }
        TestCandidate honest = find("fe80::1", LAN);
        assertThat(honest.begun).isOne();
        honest.member = honest;
        for (int host = 1; host <= 1_000; host++) {
            TestCandidate invented = find("fe80::bad:" + Integer.toHexString(host), LAN);
            if (invented != null) {
                invented.failures = 1;
            }
            loop.advance(Duration.ofMillis(100));
        }
        assertThat(isWanted(honest)).isTrue();
        assertThat(found.all()).hasSize(MOST);
    }

    @Test
    void attemptsEndWhenTheNodeIsClosed() {
        TestCandidate candidate = find("fe80::1", LAN);
        onLoop(found::close);
        assertThat(candidate.closed).isTrue();
        loop.advance(VALID.multipliedBy(2));
        assertThat(candidate.removed).as("connections end otherwise").isFalse();
    }
}
