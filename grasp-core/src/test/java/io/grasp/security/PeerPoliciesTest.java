package io.grasp.security;

import static io.grasp.security.PeerAction.ANSWER;
import static io.grasp.security.PeerAction.DISCOVER;
import static io.grasp.security.PeerAction.FLOOD;
import static io.grasp.security.PeerAction.NEGOTIATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.AcpNodeName;
import io.grasp.model.PeerIdentity;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerPoliciesTest {
    private static final PeerIdentity PLAIN = peer("+research@example.com");
    private static final PeerIdentity OPERATOR = peer("++role=noc@example.com");

    private static PeerIdentity peer(String name) {
        return new PeerIdentity(AcpNodeName.parse(name), "0".repeat(64));
    }

    @Test
    void withoutARuleThatFitsEverythingIsDenied() {
        PeerPolicy none = PeerPolicies.rules().build();
        PeerPolicy some = PeerPolicies.rules().permit(DISCOVER).toEveryMember().build();

        assertThat(none.permits(PLAIN, DISCOVER, "EX1")).isFalse();
        assertThat(some.permits(PLAIN, DISCOVER, "EX1")).isTrue();
        assertThat(some.permits(PLAIN, ANSWER, "EX1")).isFalse();
        assertThat(some.permitsUnauthenticated(DISCOVER, "EX1")).isFalse();
    }

    @Test
    void theFirstRuleThatFitsDecides() {
        PeerPolicy policy = PeerPolicies.rules()
                .deny(FLOOD)
                .of("Intent")
                .unless(PeerPolicies.role("role=noc"))
                .permit(FLOOD, NEGOTIATE)
                .toEveryPeer()
                .build();

        assertThat(policy.permits(PLAIN, FLOOD, "Intent")).isFalse();
        assertThat(policy.permits(OPERATOR, FLOOD, "Intent")).isTrue();
        assertThat(policy.permits(PLAIN, FLOOD, "EX1")).isTrue();
        assertThat(policy.permits(PLAIN, NEGOTIATE, "Intent")).isTrue();
        assertThat(policy.permitsUnauthenticated(FLOOD, "Intent")).isFalse();
        assertThat(policy.permitsUnauthenticated(FLOOD, "EX1")).isTrue();
        assertThat(policy.permits(OPERATOR, DISCOVER, "EX1")).isFalse();
    }

    @Test
    void aRuleThatPermitsAllPeersExceptSomeIsNotAboutUnauthenticatedOnes() {
        PeerPolicy policy = PeerPolicies.rules()
                .permit(FLOOD)
                .unless(PeerPolicies.role("role=noc"))
                .build();

        assertThat(policy.permits(PLAIN, FLOOD, "EX1")).isTrue();
        assertThat(policy.permits(OPERATOR, FLOOD, "EX1")).isFalse();
        assertThat(policy.permitsUnauthenticated(FLOOD, "EX1")).isFalse();
    }

    @Test
    void rulesCanHavePatternsOfNodesAndObjectives() {
        PeerPolicy policy = PeerPolicies.rules()
                .permit(FLOOD)
                .ofMatching("EX*", "Intent")
                .to(PeerPolicies.nodeMatching("*+role=noc@*", "+Research@EXAMPLE.com"))
                .build();

        assertThat(policy.permits(OPERATOR, FLOOD, "EX1")).isTrue();
        assertThat(policy.permits(PLAIN, FLOOD, "Intent")).isTrue();
        assertThat(policy.permits(PLAIN, FLOOD, "Intent2")).isFalse();
        assertThat(policy.permits(peer("++role=x@example.com"), FLOOD, "EX1")).isFalse();
        for (String pattern : List.of("*@EXAMPLE.com", "*Example.com", "+Research*", "+Research+*@Example.com")) {
            assertThat(PeerPolicies.nodeMatching(pattern).test(peer("+research+role=NOC@example.com")))
                    .as(pattern)
                    .isTrue();
        }
        assertThat(PeerPolicies.nodeMatching("*+role=noc@*").test(peer("+research+role=NOC@example.com")))
                .as("extensions keep their case")
                .isFalse();
        assertThatThrownBy(() -> PeerPolicies.nodeMatching("example.com"))
                .as("it would fit no node")
                .hasMessage("not an acp-node-name (RFC 8994 section 6.2.2)");
        assertThatThrownBy(() -> PeerPolicies.nodeMatching("")).hasMessage("a pattern must not be empty");
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, +research@example.com, true",
        "Research.Example.com, +research@example.com, true",
        "research.example.com, +a.research@example.com, true",
        "research.example.com, @example.com, false",
        "ample.com, @example.com, false",
        "example.org, +research@example.com, false"
    })
    void aDomainIncludesWhatIsBelowIt(String domain, String name, boolean inside) {
        assertThat(PeerPolicies.domain(domain).test(peer(name))).isEqualTo(inside);
    }

    @Test
    void nodesAreRecognizedByTheirWholeName() {
        AcpNodeName name = AcpNodeName.parse("fd89b714f3db00000200000064000000@example.com");

        assertThat(PeerPolicies.node(name).test(peer("FD89B714F3DB00000200000064000000@Example.com")))
                .isTrue();
        assertThat(PeerPolicies.node(name).test(peer("fd89b714f3db00000200000064000001@example.com")))
                .isFalse();
    }

    @Test
    void aDomainMustBeOne() {
        assertThatThrownBy(() -> PeerPolicies.domain("a b")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "A000000000000000000000000000000000000000000000000000000000000000"})
    void aFingerprintMustBeASha256Hash(String fingerprint) {
        AcpNodeName name = AcpNodeName.parse("@example.com");

        assertThatThrownBy(() -> new PeerIdentity(name, fingerprint)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thePolicyForAllPermitsUnauthenticatedPeersToo() {
        assertThat(PeerPolicy.ALL.permits(PLAIN, NEGOTIATE, "EX3")).isTrue();
        assertThat(PeerPolicy.ALL.permitsUnauthenticated(NEGOTIATE, "EX3")).isTrue();
    }
}
