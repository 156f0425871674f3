package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.IdentityStatus.Expiry;
import io.grasp.model.PeerRefusal;
import io.grasp.security.IdentityFinding.Check;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Authorities whose certificates end, or that change their certificates or keys. */
class TrustAnchorsTest {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private final MutableClock clock = new MutableClock(NOW);

    private Identity open(TestMember member, List<X509Certificate> anchors) throws IdentityException {
        return Identity.open(
                IdentityConfig.of(member.chain(), member.key(), anchors).withClock(clock));
    }

    private static TestMember member(TestAuthority authority, String name) {
        return authority
                .request()
                .nodeName(name)
                .validity(NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(30)))
                .issue();
    }

    @Test
    void anIdentityEndsWithItsTrustAnchor() throws Exception {
        Instant end = NOW.plus(Duration.ofDays(1));
        TestAuthority authority = TestAuthority.create("root", TestKeys.EC_P256, NOW.minus(Duration.ofDays(2)), end);
        TestMember member = member(authority, "+gray@example.com");
        TestMember peer = member(authority, "+briggs@example.com");
        try (Identity identity = open(member, List.of(member.anchor()))) {
            assertThat(identity.status().good()).isTrue();
            assertThat(identity.status().notAfter()).isEqualTo(end);
            assertThat(identity.check(peer.chain()).nodeName()).hasToString("+briggs@example.com");
            clock.set(end.plusSeconds(1));
            assertThat(identity.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.check()).isEqualTo(Check.VALIDITY))
                    .satisfies(finding -> assertThat(finding.sentence())
                            .contains("the trust anchor \"CN=root\" has expired at " + end));
            assertThat(identity.status().expiry()).isEqualTo(Expiry.EXPIRED);
            assertThatThrownBy(() -> identity.check(peer.chain()))
                    .isInstanceOfSatisfying(
                            MembershipException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(PeerRefusal.EXPIRED));
        }
    }

    @Test
    void theWarningNamesTheCertificateThatExpiresFirst() throws Exception {
        TestAuthority root = TestAuthority.create(
                "root", TestKeys.EC_P256, NOW.minus(Duration.ofDays(300)), NOW.plus(Duration.ofDays(29)));
        TestMember member = member(root, "+gray@example.com");
        clock.set(NOW.plus(Duration.ofDays(28)));
        try (Identity identity = open(member, List.of(member.anchor()))) {
            assertThat(identity.status().expiry()).isEqualTo(Expiry.SOON);
            assertThat(identity.status().detail())
                    .startsWith("the trust anchor \"CN=root\" expires at ")
                    .contains("give all members the trust anchor that follows it");
        }
        X509Certificate next =
                root.renewed(NOW, NOW.plus(Duration.ofDays(3650))).anchor();
        try (Identity identity = open(member, List.of(member.anchor(), next))) {
            assertThat(identity.status().detail()).endsWith(": renew it");
        }
        TestMember ofIntermediate = TestAuthority.create("root")
                .intermediate("one")
                .request()
                .nodeName("+gray@example.com")
                .validity(NOW, NOW.plus(Duration.ofDays(500)))
                .issue();
        clock.set(NOW.plus(Duration.ofDays(360)));
        try (Identity identity = open(ofIntermediate, List.of(ofIntermediate.anchor()))) {
            assertThat(identity.status().detail())
                    .startsWith("the certificate of the intermediate authority \"CN=one\" expires at ")
                    .contains("put the new one into the chain");
        }
    }

    @Test
    void aTrustAnchorIsNotUsedBeforeItIsValid() throws Exception {
        TestAuthority authority = TestAuthority.create(
                "root", TestKeys.EC_P256, NOW.plus(Duration.ofHours(1)), NOW.plus(Duration.ofDays(1)));
        TestMember member = member(authority, "+gray@example.com");
        try (Identity identity = open(member, List.of(member.anchor()))) {
            assertThat(identity.status().good()).isFalse();
            clock.advance(Duration.ofHours(2));
            assertThat(identity.status().good()).isTrue();
        }
    }

    /** Both anchors are configured while members change over. */
    @Test
    void anAnchorThatWasRenewedTakesTheOtherOnesPlace() throws Exception {
        TestAuthority before =
                TestAuthority.create("root", TestKeys.EC_P256, NOW.minus(Duration.ofDays(2)), NOW.plusSeconds(60));
        TestAuthority after = before.renewed(NOW.plusSeconds(30), NOW.plus(Duration.ofDays(9)));
        TestMember member = member(before, "+gray@example.com");
        TestMember peer = member(before, "+briggs@example.com");
        for (List<X509Certificate> anchors :
                List.of(List.of(before.anchor(), after.anchor()), List.of(after.anchor(), before.anchor()))) {
            clock.set(NOW);
            try (Identity identity = open(member, anchors)) {
                for (int seconds : List.of(0, 45, 90)) {
                    clock.set(NOW.plusSeconds(seconds));
                    assertThat(identity.findings()).as("after %d s", seconds).isEmpty();
                    assertThat(identity.check(peer.chain()).nodeName()).hasToString("+briggs@example.com");
                }
            }
        }
    }

    /** A member sends both certificates of an intermediate authority that has got a new key. */
    @Test
    void aPathIsFoundAmongSeveralCertificatesOfAnAuthority() throws Exception {
        TestAuthority root = TestAuthority.create("root");
        TestAuthority before = root.intermediate("intermediate");
        TestAuthority after = root.intermediate("intermediate");
        X509Certificate member = after.issue("+gray@example.com").certificate();
        TestMember briggs = root.issue("+briggs@example.com");
        try (Identity identity = open(briggs, List.of(briggs.anchor()))) {
            for (List<X509Certificate> chain : List.of(
                    List.of(member, before.certificate(), after.certificate()),
                    List.of(member, after.certificate(), before.certificate()))) {
                assertThat(identity.check(chain).nodeName()).hasToString("+gray@example.com");
            }
            assertThatThrownBy(() -> identity.check(List.of(member, before.certificate())))
                    .isInstanceOfSatisfying(
                            MembershipException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(PeerRefusal.UNTRUSTED));
        }
    }

    /** Nine certificates, each of which could have issued each other, make about a million paths. */
    @Test
    void anOutsiderCannotMakeANodeTryAllPaths() throws Exception {
        TestAuthority outsider = TestAuthority.create("root");
        TestMember briggs = TestAuthority.create("root").issue("+briggs@example.com");
        List<X509Certificate> chain =
                new ArrayList<>(List.of(outsider.issue("+gray@example.com").certificate()));
        for (int i = 0; i < 9; i++) {
            chain.add(outsider.renewed(NOW.minusSeconds(i), NOW.plus(Duration.ofDays(9)))
                    .certificate());
        }
        assertThat(PathCheck.candidates(chain, List.of(briggs.anchor()))).hasSize(32);
        AtomicInteger validated = new AtomicInteger();
        assertThatThrownBy(() -> PathCheck.of(chain, List.of(briggs.anchor()), (path, anchor) -> {
                    validated.incrementAndGet();
                    return PathCheck.validate(path, anchor);
                }))
                .isInstanceOf(MembershipException.class);
        assertThat(validated).as("one for each forged certificate").hasValueLessThanOrEqualTo(10);
        Collections.shuffle(chain.subList(1, 10));
        try (Identity identity = open(briggs, List.of(briggs.anchor()))) {
            assertThatThrownBy(() -> identity.check(chain)).isInstanceOf(MembershipException.class);
        }
    }
}
