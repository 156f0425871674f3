package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order in which discovered peers are tried. */
class PeerTurnsTest {
    private final PeerTurns turns = new PeerTurns();
    private final List<AsaLocator> selected = new ArrayList<>();

    /** A responder on a link names peers. */
    private void names(int link, int responder, int... numbers) {
        for (int number : numbers) {
            AsaLocator peer = peer(link, number);
            turns.named(peer, new TrafficSource(link, 0, responder));
            if (selected.stream().noneMatch(other -> other.locator().equals(peer.locator()))) {
                selected.add(peer);
            }
        }
    }

    private static AsaLocator peer(int link, int number) {
        try {
            InetAddress address = InetAddress.getByName("fd12::" + number);
            Locator locator = new Locator.Ipv6((Inet6Address) address, Locator.TCP, 7017);
            return new AsaLocator(locator, "link" + link, link, false, Duration.ofMinutes(1));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** {@return the numbers of the next peers} */
    private List<Integer> next(int most) {
        return turns.next(selected, most).stream()
                .map(peer -> Integer.parseInt(((Locator.Ipv6) peer.locator())
                        .address()
                        .getHostAddress()
                        .replaceAll(".*:", "")))
                .toList();
    }

    @Test
    void peersOfOneResponderKeepTheSelectedOrder() {
        names(1, 1, 3, 1, 2);
        assertThat(next(9)).containsExactly(3, 1, 2);
        assertThat(next(2)).containsExactly(3, 1);
    }

    @Test
    void respondersOfALinkTakeTurns() {
        names(1, 1, 11, 12, 13);
        names(1, 2, 21, 22);
        names(1, 3, 31);
        assertThat(next(9)).containsExactly(11, 21, 31, 12, 22, 13);
    }

    @Test
    void linksTakeTurnsHoweverManyRespondersOneHas() {
        for (int forged = 1; forged <= 9; forged++) {
            names(1, forged, 10 + forged);
        }
        names(2, 1, 21, 22);
        assertThat(next(5)).containsExactly(11, 21, 12, 22, 13);
    }

    @Test
    void earlierAttemptsCount() {
        names(1, 1, 11, 12, 13);
        next(1);
        turns.tried(peer(1, 11));
        turns.tried(peer(1, 12));
        selected.removeIf(peer -> !peer.equals(peer(1, 13)));
        names(1, 2, 21, 22);
        names(2, 3, 31);
        assertThat(next(9)).containsExactly(31, 21, 22, 13);
    }

    @Test
    void aLocatorHasTheTurnOfTheResponderThatHasNamedTheFewest() {
        names(1, 66, 11, 12, 13, 14, 15, 1);
        names(2, 1, 1);
        assertThat(next(2)).as("on another link").containsExactly(11, 1);

        names(1, 2, 15);
        assertThat(next(3)).as("on the same link").containsExactly(11, 1, 15);
    }

    @Test
    void manyRespondersOfOneLinkDoNotKeepALocatorFromTheTurnOfAnotherLink() {
        for (int forged = 1; forged <= 40; forged++) {
            names(1, forged, 100 * forged, 100 * forged + 1, 1);
        }
        names(2, 1, 1);
        assertThat(next(2)).containsExactly(100, 1);
    }

    @Test
    void whatNoResponderHasNamedTakesTurnsAsWell() {
        names(1, 1, 11, 12);
        selected.add(peer(1, 2));
        assertThat(next(9)).containsExactly(11, 2, 12);
    }
}
