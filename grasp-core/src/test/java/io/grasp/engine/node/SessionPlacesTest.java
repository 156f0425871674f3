package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.substrate.Link;
import java.net.InetAddress;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which links and sources get the places of sessions. */
class SessionPlacesTest {
    private static final List<Link> ONE = links(1);
    private static final List<Link> TWO = links(1, 2);

    private static List<Link> links(int... indexes) {
        return IntStream.of(indexes)
                .<Link>mapToObj(index -> new TestLink("link" + index, index, InetAddress.getLoopbackAddress()))
                .toList();
    }

    /** {@return how many sessions could begin, each of the next source} */
    private static int begin(SessionPlaces places, IntFunction<TrafficSource> sources) {
        int begun = 0;
        while (places.hasRoom(sources.apply(begun))) {
            places.begin(sources.apply(begun));
            begun++;
        }
        return begun;
    }

    private static IntFunction<TrafficSource> manyOn(int link) {
        return number -> new TrafficSource(link, 0, 10 + number);
    }

    private static IntFunction<TrafficSource> oneOn(int link) {
        return number -> new TrafficSource(link, 0, 1);
    }

    @Test
    void manySourcesOfOneLinkLeaveThePartsOfTheOthers() {
        SessionPlaces places = new SessionPlaces(40, Integer.MAX_VALUE, TWO);
        assertThat(begin(places, manyOn(1))).isEqualTo(25);
        assertThat(begin(places, manyOn(2))).isEqualTo(5);
        assertThat(begin(places, manyOn(TrafficSource.NO_LINK))).isEqualTo(5);
        assertThat(begin(places, number -> TrafficSource.ofThisNode())).isEqualTo(5);
        assertThat(places.used()).isEqualTo(40);
    }

    @Test
    void acceptedConnectionsHaveSuchPartsAsWell() {
        SessionPlaces places = new SessionPlaces(1000, 40, TWO);
        assertThat(begin(
                        places,
                        number -> number < 100
                                ? TrafficSource.ofThisNode()
                                : manyOn(1).apply(number)))
                .as("own sessions are on no accepted connection")
                .isEqualTo(100 + 28);
        assertThat(begin(places, manyOn(2))).isEqualTo(6);
        assertThat(begin(places, manyOn(TrafficSource.NO_LINK))).isEqualTo(6);
    }

    @Test
    void oneSourceLeavesAsMuchAsItHas() {
        SessionPlaces places = new SessionPlaces(40, Integer.MAX_VALUE, ONE);
        assertThat(begin(places, oneOn(1)))
                .as("3/8, and the one with which it has more")
                .isEqualTo(16);
        assertThat(begin(places, manyOn(1))).isEqualTo(14);
        assertThat(begin(places, number -> TrafficSource.ofThisNode())).isEqualTo(10);
    }

    @Test
    void placesAreFreeAgainWhenSessionsEnd() {
        SessionPlaces places = new SessionPlaces(40, Integer.MAX_VALUE, TWO);
        int begun = begin(places, manyOn(1));
        for (int i = 0; i < begun; i++) {
            places.end(manyOn(1).apply(i));
        }
        assertThat(places.used()).isZero();
        assertThat(begin(places, manyOn(1))).isEqualTo(begun);
    }
}
