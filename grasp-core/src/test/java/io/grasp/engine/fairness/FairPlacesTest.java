package io.grasp.engine.fairness;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.fairness.FairPlaces.Place;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FairPlacesTest {
    private static final TrafficSource ATTACKER = source(1, 1);
    private static final TrafficSource NEIGHBOR = source(1, 2);
    private static final TrafficSource ON_OTHER_LINK = source(2, 1);

    private final List<String> displaced = new ArrayList<>();

    private static TrafficSource source(int link, int host) {
        return new TrafficSource(link, 0xfe80L << 48, host);
    }

    private FairPlaces<String> places(long capacity, WhenOwnShareIsUsed own) {
        return new FairPlaces<>(capacity, own, displaced::add);
    }

    private static void takeAll(FairPlaces<String> places, TrafficSource source, int count) {
        IntStream.range(0, count).forEach(i -> places.take(source, source.link() + "-" + source.low() + "-" + i, 1));
    }

    @ParameterizedTest
    @EnumSource
    void oneSourceMayHaveAllPlacesThatNoOtherNeeds(WhenOwnShareIsUsed own) {
        FairPlaces<String> places = places(10, own);

        takeAll(places, ATTACKER, 10);

        assertThat(places.used()).isEqualTo(10);
        assertThat(places.used(ATTACKER)).isEqualTo(10);
        assertThat(displaced).isEmpty();
    }

    @Test
    void onlyLinksWithPlacesAreCounted() {
        FairPlaces<String> places = places(10, WhenOwnShareIsUsed.REFUSE);
        assertThat(places.links()).isZero();
        takeAll(places, ATTACKER, 1);
        takeAll(places, NEIGHBOR, 1);
        Place<String> other = requireNonNull(places.take(ON_OTHER_LINK, "other", 1));
        assertThat(places.links()).isEqualTo(2);

        other.leave();
        assertThat(places.links()).isEqualTo(1);
    }

    @Test
    void sourceWhoseShareIsUsedIsRefused() {
        FairPlaces<String> places = places(2, WhenOwnShareIsUsed.REFUSE);
        takeAll(places, ATTACKER, 2);

        assertThat(places.take(ATTACKER, "one more", 1)).isNull();
        assertThat(displaced).isEmpty();
        assertThat(places.used()).isEqualTo(2);
    }

    @Test
    void sourceWhoseShareIsUsedReplacesItsOldest() {
        FairPlaces<String> places = places(2, WhenOwnShareIsUsed.REPLACE_OLDEST);
        takeAll(places, ATTACKER, 2);

        assertThat(places.take(ATTACKER, "one more", 1)).isNotNull();
        assertThat(displaced).containsExactly("1-1-0");
        assertThat(places.used()).isEqualTo(2);
    }

    @Test
    void placeIsGivenUpForWhatElseHasRunOut() {
        FairPlaces<String> places = places(10, WhenOwnShareIsUsed.REPLACE_OLDEST);
        assertThat(places.displaceFor(ATTACKER, link -> true)).isFalse();
        takeAll(places, ATTACKER, 2);
        takeAll(places, ON_OTHER_LINK, 1);

        assertThat(places.displaceFor(ON_OTHER_LINK, link -> true)).isTrue();
        assertThat(displaced).containsExactly("2-1-0");
        assertThat(places.displaceFor(ON_OTHER_LINK, link -> true)).isTrue();
        assertThat(displaced).containsExactly("2-1-0", "1-1-0");
        assertThat(places.used()).isEqualTo(1);
    }

    @Test
    void linksThatAreSparedGiveUpNothing() {
        FairPlaces<String> places = places(10, WhenOwnShareIsUsed.REPLACE_OLDEST);
        takeAll(places, ATTACKER, 5);
        assertThat(places.displaceFor(ON_OTHER_LINK, link -> false)).isFalse();
        takeAll(places, ON_OTHER_LINK, 1);
        assertThat(places.displaceFor(ON_OTHER_LINK, link -> false)).isTrue();
        assertThat(displaced).as("its own").containsExactly("2-1-0");
    }

    @Test
    void roomIsToldWithoutTakingIt() {
        FairPlaces<String> none = places(0, WhenOwnShareIsUsed.REFUSE);
        assertThat(none.hasRoomFor(NEIGHBOR)).isFalse();
        FairPlaces<String> places = places(2, WhenOwnShareIsUsed.REFUSE);
        assertThat(places.hasRoomFor(ATTACKER)).isTrue();
        takeAll(places, ATTACKER, 2);
        assertThat(places.hasRoomFor(ATTACKER)).isFalse();
        assertThat(places.hasRoomFor(NEIGHBOR)).isTrue();
        assertThat(places.hasRoomFor(ON_OTHER_LINK)).isTrue();
        assertThat(displaced).isEmpty();
    }

    @Test
    void oldestOfASourceIsGivenUp() {
        FairPlaces<String> places = places(10, WhenOwnShareIsUsed.REFUSE);
        takeAll(places, ATTACKER, 2);
        assertThat(places.displaceOldestOf(NEIGHBOR)).isFalse();
        assertThat(places.displaceOldestOf(ON_OTHER_LINK)).isFalse();

        assertThat(places.displaceOldestOf(ATTACKER)).isTrue();
        assertThat(displaced).containsExactly("1-1-0");
        assertThat(places.used(ATTACKER)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void anotherLinkGetsHalfOfTheDisplacedPlaces(WhenOwnShareIsUsed own) {
        FairPlaces<String> places = places(10, own);
        takeAll(places, ATTACKER, 10);

        takeAll(places, ON_OTHER_LINK, 5);

        assertThat(places.used(ATTACKER)).isEqualTo(5);
        assertThat(places.used(ON_OTHER_LINK)).isEqualTo(5);
        assertThat(displaced).containsExactly("1-1-0", "1-1-1", "1-1-2", "1-1-3", "1-1-4");
    }

    @ParameterizedTest
    @EnumSource
    void anotherSourceOnTheLinkGetsHalfOfTheDisplacedPlaces(WhenOwnShareIsUsed own) {
        FairPlaces<String> places = places(10, own);
        takeAll(places, ATTACKER, 10);

        takeAll(places, NEIGHBOR, 5);

        assertThat(places.used(ATTACKER)).isEqualTo(5);
        assertThat(places.used(NEIGHBOR)).isEqualTo(5);
    }

    /** However many addresses an attacker has, it uses up the share of its link only. */
    @ParameterizedTest
    @EnumSource
    void manySourcesOnALinkTakeNothingFromAnotherLink(WhenOwnShareIsUsed own) {
        FairPlaces<String> places = places(10, own);
        takeAll(places, ON_OTHER_LINK, 5);

        IntStream.range(0, 100).forEach(i -> places.take(source(1, i), "forged " + i, 1));

        assertThat(places.used(ON_OTHER_LINK)).isEqualTo(5);
        assertThat(places.usedOnLink(1)).isEqualTo(5);
        assertThat(displaced).noneMatch(holder -> holder.startsWith("2-"));
    }

    @Test
    void refusedSourcesDoNotDisplaceThoseThatHaveTheirPlace() {
        FairPlaces<String> places = places(3, WhenOwnShareIsUsed.REFUSE);
        takeAll(places, NEIGHBOR, 1);

        IntStream.range(10, 20).forEach(i -> places.take(source(1, i), "forged " + i, 1));

        assertThat(places.used(NEIGHBOR)).isEqualTo(1);
        assertThat(displaced).isEmpty();
    }

    @Test
    void severalPlacesAreGivenUpForALargeOne() {
        FairPlaces<String> places = places(10, WhenOwnShareIsUsed.REPLACE_OLDEST);
        takeAll(places, ATTACKER, 10);

        assertThat(places.take(ON_OTHER_LINK, "large", 4)).isNotNull();

        assertThat(displaced).hasSize(4);
        assertThat(places.used()).isEqualTo(10);
    }

    @Test
    void placeLargerThanAllIsRefused() {
        FairPlaces<String> places = places(10, WhenOwnShareIsUsed.REPLACE_OLDEST);
        takeAll(places, ATTACKER, 3);

        assertThat(places.take(ON_OTHER_LINK, "too large", 11)).isNull();
        assertThat(displaced).isEmpty();
    }

    @Test
    void renewedPlaceIsGivenUpLast() {
        FairPlaces<String> places = places(2, WhenOwnShareIsUsed.REPLACE_OLDEST);
        Place<String> renewed = requireNonNull(places.take(ATTACKER, "renewed", 1));
        places.take(ATTACKER, "other", 1);
        renewed.renew();

        places.take(ATTACKER, "new", 1);

        assertThat(displaced).containsExactly("other");
    }

    @Test
    void placeIsFreedOnce() {
        FairPlaces<String> places = places(2, WhenOwnShareIsUsed.REFUSE);
        Place<String> place = requireNonNull(places.take(ATTACKER, "one", 1));
        takeAll(places, ATTACKER, 1);

        place.leave();
        place.leave();
        place.renew();

        assertThat(places.used()).isEqualTo(1);
        assertThat(places.used(ATTACKER)).isEqualTo(1);
    }

    /** After random operations the counts are right, and all is free when all have left. */
    @ParameterizedTest
    @EnumSource
    void countsMatchThePlacesInUse(WhenOwnShareIsUsed own) {
        SplittableRandom random = new SplittableRandom(12);
        List<Place<Integer>> held = new ArrayList<>();
        List<Integer> givenUp = new ArrayList<>();
        FairPlaces<Integer> places = new FairPlaces<>(100, own, givenUp::add);
        for (int i = 0; i < 20_000; i++) {
            TrafficSource source = source(random.nextInt(3), random.nextInt(random.nextInt(5) + 1));
            Place<Integer> place = places.take(source, i, 1 + random.nextInt(9));
            if (place != null) {
                held.add(place);
            }
            held.removeIf(each -> givenUp.contains(each.holder()));
            givenUp.clear();
            if (random.nextInt(3) == 0 && !held.isEmpty()) {
                held.remove(random.nextInt(held.size())).leave();
            }
            assertThat(places.used())
                    .isLessThanOrEqualTo(100)
                    .isEqualTo(
                            IntStream.range(0, 3).mapToLong(places::usedOnLink).sum());
        }
        held.forEach(Place::leave);
        assertThat(places.used()).isZero();
        assertThat(places.usedOnLink(1)).isZero();
    }
}
