package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.fairness.TrafficSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Which links and sources get the places of sessions. */
class SessionPlacesTest {
    private static final List<Integer> ONE = List.of(1);
    private static final List<Integer> TWO = List.of(1, 2);

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
    void hostsBeyondTheOnlyLinkLeaveItsPart() {
        SessionPlaces places = new SessionPlaces(40, Integer.MAX_VALUE, ONE);
        assertThat(begin(places, manyOn(TrafficSource.NO_LINK))).isEqualTo(20);
        assertThat(begin(places, manyOn(1))).isEqualTo(10);
        assertThat(begin(places, number -> TrafficSource.ofThisNode())).isEqualTo(10);

        SessionPlaces onConnections = new SessionPlaces(1000, 40, ONE);
        assertThat(begin(onConnections, manyOn(TrafficSource.NO_LINK))).isEqualTo(20);
        assertThat(begin(onConnections, manyOn(1))).isEqualTo(20);
    }

    @Test
    void neighborsOfTheOnlyLinkLeaveNothingForHostsBeyondIt() {
        SessionPlaces places = new SessionPlaces(40, Integer.MAX_VALUE, ONE);
        assertThat(begin(places, manyOn(1))).isEqualTo(30);
        assertThat(begin(places, manyOn(TrafficSource.NO_LINK))).isZero();
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

    /** A session in the model of the next test. */
    private static final class Held {
        private final TrafficSource source;
        private Cancellable waiting;

        Held(TrafficSource source) {
            this.source = source;
        }
    }

    /** Sessions begin, wait, go on and end at random; a list of them shows who may have to give way. */
    @Test
    void onlyWhatExceedsTheSharesOfTheNewcomerGivesWay() {
        Random random = new Random(1);
        SessionPlaces places = new SessionPlaces(40, 60, TWO); // parts of 5
        List<Held> held = new ArrayList<>();
        Held[] displaced = {null};
        int[] chosen = new int[3];
        for (int step = 0; step < 50_000; step++) {
            int link = random.nextInt(10) == 0 ? TrafficSource.NO_LINK : 1 + random.nextInt(2);
            int phase = step / 1000 % 3; // who tries the most changes
            TrafficSource source =
                    new TrafficSource(phase > 0 && random.nextInt(4) > 0 ? phase : link, 0, random.nextInt(9));
            Held some = held.isEmpty() ? null : held.get(random.nextInt(held.size()));
            if (some != null && random.nextInt(10) == 0) {
                leave(some);
                places.end(some.source);
                held.remove(some);
            } else if (some != null && some.waiting == null && random.nextInt(3) == 0) {
                some.waiting = places.waits(some.source, abrupt -> displaced[0] = some);
            } else if (some != null && random.nextInt(20) == 0) {
                leave(some);
            }
            WaitingSession gone = places.hasRoom(source) ? null : places.displacedBy(source);
            if (gone != null) {
                gone.giveWay(false);
                Held victim = displaced[0];
                assertThat(victim.waiting).isNotNull();
                chosen[checkVictim(held, source, victim)]++;
                leave(victim);
                places.end(victim.source);
                held.remove(victim);
            } else if (!places.hasRoom(source)) {
                assertThat(held).noneMatch(each -> each.source.equals(source) && each.waiting != null);
                continue;
            }
            places.begin(source);
            held.add(new Held(source));
            assertThat(places.used()).isEqualTo(held.size()).isLessThanOrEqualTo(40);
        }
        assertThat(chosen).as("own source, own link, other link").doesNotContain(0);

        for (Held each : held) {
            leave(each);
            places.end(each.source);
        }
        assertThat(places.used()).isZero();
        assertThat(begin(places, manyOn(1))).isEqualTo(25);
    }

    private static void leave(Held session) {
        if (session.waiting != null) {
            session.waiting.cancel();
            session.waiting = null;
        }
    }

    /** {@return which rule chose it} */
    private static int checkVictim(List<Held> held, TrafficSource source, Held victim) {
        List<Held> oldestFirst = held.stream()
                .filter(each -> each.waiting != null && each.source.equals(victim.source))
                .toList();
        assertThat(oldestFirst).contains(victim);
        if (victim.source.equals(source)) {
            return 0;
        }
        assertThat(held).noneMatch(each -> each.waiting != null && each.source.equals(source));
        if (victim.source.link() == source.link()) {
            assertThat(sessions(held, victim.source)).isGreaterThan(sessions(held, source) + 1);
            return 1;
        }
        assertThat(onLink(held, victim.source.link())).isGreaterThan(5).isGreaterThan(onLink(held, source.link()) + 1);
        return 2;
    }

    private static long sessions(List<Held> held, TrafficSource source) {
        return held.stream().filter(each -> each.source.equals(source)).count();
    }

    private static long onLink(List<Held> held, int link) {
        return held.stream().filter(each -> each.source.link() == link).count();
    }

    @Test
    void ourOwnSessionsThatWaitGiveWayOnlyToALinkThatDoesNotUseItsPart() {
        SessionPlaces places = new SessionPlaces(40, Integer.MAX_VALUE, TWO);
        begin(places, number -> TrafficSource.ofThisNode());
        List<String> gone = new ArrayList<>();
        TrafficSource one = new TrafficSource(1, 0, 1);
        TrafficSource two = new TrafficSource(2, 0, 2);
        Cancellable first = places.oursWaits(one, abrupt -> gone.add("first of one"));
        places.oursWaits(two, abrupt -> gone.add("first of two"));
        places.oursWaits(two, abrupt -> gone.add("second of two"));
        TrafficSource peer = new TrafficSource(1, 0, 3);
        places.displacedBy(peer).giveWay(false);
        assertThat(gone).containsExactly("first of two");
        first.cancel();
        first.cancel();
        places.displacedBy(peer).giveWay(false);
        assertThat(gone).endsWith("second of two");
        assertThat(places.displacedBy(peer)).isNull();

        places.oursWaits(two, abrupt -> gone.add("third of two"));
        for (int i = 0; i < 5; i++) {
            places.end(TrafficSource.ofThisNode());
            places.begin(peer);
        }
        assertThat(places.displacedBy(new TrafficSource(1, 0, 4)))
                .as("the link uses its part")
                .isNull();
        assertThat(places.displacedByConnection(two))
                .as("ours are on no accepted connection")
                .isNull();
        places.displacedBy(new TrafficSource(2, 0, 4)).giveWay(false);
        assertThat(gone).endsWith("third of two");
    }
}
