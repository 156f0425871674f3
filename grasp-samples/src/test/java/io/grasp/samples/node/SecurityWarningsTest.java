package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.AcpNodeName;
import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerRefusal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SecurityWarningsTest {
    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE);
    private final List<String> lines = new ArrayList<>();
    private final List<String> news = new ArrayList<>();
    private final SecurityWarnings warnings = new SecurityWarnings(time::get, lines::add, news::add);

    private void refuse(PeerRefusal reason, String address, int port) {
        warnings.peerRefused(reason, new InetSocketAddress(address, port), "the reason");
    }

    @Test
    void eachAddressAndReasonHasOneLineAMinute() {
        refuse(PeerRefusal.EXPIRED, "10.0.0.1", 1);
        refuse(PeerRefusal.EXPIRED, "10.0.0.1", 2);
        refuse(PeerRefusal.REVOKED, "10.0.0.1", 3);
        refuse(PeerRefusal.EXPIRED, "fd00::1", 4);

        assertThat(lines)
                .containsExactly(
                        "peer 10.0.0.1:1 refused: the reason",
                        "peer 10.0.0.1:3 refused: the reason",
                        "peer [fd00::1]:4 refused: the reason");
        time.addAndGet(Duration.ofMinutes(1).toNanos());
        refuse(PeerRefusal.EXPIRED, "10.0.0.1", 5);
        assertThat(lines)
                .hasSize(5)
                .endsWith("refusals of peers not printed: 1", "peer 10.0.0.1:5 refused: the reason");
    }

    @Test
    void manyAddressesHaveTenLinesAMinute() {
        for (int i = 0; i < 100; i++) {
            refuse(PeerRefusal.NOT_TLS, "10.0.0." + i, 1);
        }
        assertThat(lines).hasSize(10);
        time.addAndGet(Duration.ofMinutes(1).toNanos());
        refuse(PeerRefusal.NOT_TLS, "10.0.0.1", 1);
        assertThat(lines).hasSize(12).contains("refusals of peers not printed: 90");
    }

    private void identity(boolean good, int certificate, String... problems) {
        identity(good, certificate, 90_000, problems);
    }

    private void identity(boolean good, int certificate, long notAfter, String... problems) {
        warnings.identityChanged(new IdentityStatus(
                good,
                false,
                List.of(problems),
                AcpNodeName.parse("+gray@example.com"),
                String.valueOf(certificate).repeat(64),
                Instant.EPOCH,
                Instant.ofEpochSecond(notAfter),
                IdentityStatus.Expiry.RENEW));
    }

    @Test
    void theBeginAndTheEndOfEachProblemOfTheIdentityArePrintedOnce() {
        identity(true, 0);
        identity(true, 0, "renew it");
        identity(true, 0, "renew it");
        identity(true, 0, "renew it", "new files were not taken");
        assertThat(lines).containsExactly("identity: renew it", "identity: new files were not taken");
        identity(true, 0, "renew it");
        assertThat(news).containsExactly("identity: resolved: new files were not taken");
        identity(false, 0, "it is revoked");
        identity(true, 0);
        assertThat(news).hasSize(2).endsWith("identity: it is good again");
        assertThat(lines).hasSize(3).endsWith("identity: it is revoked");
    }

    /** The new one may end at the same time, with its authority. */
    @Test
    void aNewCertificateIsReportedUnlessItIsTheFirst() {
        identity(false, 0, "it has expired");
        assertThat(news).isEmpty();
        identity(true, 1);
        assertThat(news)
                .containsExactly("identity: the certificate of +gray@example.com that is valid until"
                        + " 1970-01-02T01:00:00Z is in use now");
        identity(true, 1);
        assertThat(news).hasSize(1);
    }

    @Test
    void anotherTrustAnchorIsNoNewCertificate() {
        identity(true, 0, 90_000, "the trust anchor expires");
        identity(true, 0, 99_000);
        assertThat(news).containsExactly("identity: resolved: the trust anchor expires");
    }

    @Test
    void aProblemThatTakesThePlaceOfAnotherIsNotReportedAsResolved() {
        identity(true, 0, "half of the lifetime is left");
        identity(true, 0, "a tenth of the lifetime is left");
        assertThat(lines).hasSize(2);
        assertThat(news).isEmpty();
    }
}
