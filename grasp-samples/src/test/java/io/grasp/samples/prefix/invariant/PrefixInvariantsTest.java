package io.grasp.samples.prefix.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.prefix.Prefix;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrefixInvariantsTest {
    private static final List<Prefix> NONE = List.of();

    @Test
    void sharedPrefixesAreFound() {
        Holdings a = new Holdings("A", NONE, list("2001:db8::/48", "2001:db8:2::/48"), list("2001:db8:3::/64"), NONE);
        Holdings b = new Holdings("B", NONE, list("2001:db8:1::/48", "10.0.0.0/8"), NONE, list("2001:db8::/48"));
        assertThat(PrefixInvariants.allocatedTwice(List.of(a, b))).isEmpty();

        Holdings inside = new Holdings("C", NONE, list("2001:db8:2:5::/64"), NONE, NONE);
        assertThat(PrefixInvariants.allocatedTwice(List.of(a, b, inside)))
                .containsExactly("2001:db8:2:5::/64 of C is allocated twice: it overlaps 2001:db8:2::/48 of A");
        Holdings same = new Holdings("D", NONE, list("10.0.0.0/8"), NONE, NONE);
        assertThat(PrefixInvariants.allocatedTwice(List.of(a, b, same))).hasSize(1);
    }

    /** The provider has not received the acceptance yet: only within one manager this is an error. */
    @Test
    void anOfferIsSharedWithItsPeerOnly() {
        Holdings provider = new Holdings("A", NONE, list("2001:db8::/48"), list("2001:db8:1::/48"), NONE);
        Holdings requester = new Holdings("B", NONE, list("2001:db8:1::/48"), NONE, NONE);
        assertThat(PrefixInvariants.allocatedTwice(List.of(provider, requester)))
                .isEmpty();

        Holdings wrong = new Holdings("A", NONE, list("2001:db8::/48"), list("2001:db8::/64"), NONE);
        assertThat(PrefixInvariants.allocatedTwice(List.of(wrong))).hasSize(1);
    }

    @Test
    void lostPrefixesAreFound() {
        Holdings origin = new Holdings("A", list("2001:db8::/46"), list("2001:db8::/48"), NONE, NONE);
        Holdings peer = new Holdings("B", NONE, list("2001:db8:2::/48"), list("2001:db8:1::/48"), NONE);
        Holdings doubt = new Holdings("C", NONE, NONE, NONE, list("2001:db8:3::/49"));
        Holdings rest = new Holdings("D", NONE, list("2001:db8:3:8000::/50", "2001:db8:3:c000::/50"), NONE, NONE);

        assertThat(PrefixInvariants.lost(List.of(origin, peer, doubt, rest))).isEmpty();
        assertThat(PrefixInvariants.lost(List.of(origin, peer, doubt)))
                .containsExactly("2001:db8:3:8000::/49, which is part of 2001:db8::/46 of A, is lost");
        assertThat(PrefixInvariants.lost(List.of(origin, doubt, rest)))
                .containsExactly(
                        "2001:db8:1::/48, which is part of 2001:db8::/46 of A, is lost",
                        "2001:db8:2::/48, which is part of 2001:db8::/46 of A, is lost");
    }

    private static List<Prefix> list(String... prefixes) {
        return Stream.of(prefixes).map(Prefix::parse).toList();
    }
}
