package io.grasp.samples.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a user reads if a node has no link, at virtual time. */
class FirstLinkTest {
    private final VirtualLoop loop = new VirtualLoop();
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final SimNode node = network.node("node");
    private final FirstLink first = new FirstLink(Duration.ofSeconds(20), "No neighbor was reached");
    private final List<String> results = new ArrayList<>();

    @BeforeEach
    void start() {
        Grasp.start(GraspConfig.defaults().withSubstrate(() -> node).withRandom(() -> new Random(1)))
                .flatMap(grasp -> first.await(grasp)
                        .doOnSuccess(done -> results.add("link"))
                        .doOnError(failure -> results.add(failure.getMessage()))
                        .onErrorComplete()
                        .then(grasp.closeAsync()))
                .subscribe();
    }

    private void runFor(long seconds) {
        loop.runUntil(() -> false, Duration.ofSeconds(seconds));
    }

    @Test
    void aLinkThatComesEndsTheWait() {
        runFor(19);
        assertThat(results).isEmpty();
        network.connect(node, network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(5)));
        runFor(1);
        assertThat(results).containsExactly("link");
    }

    @Test
    void aLinkWithoutProtectionDoesNotEndTheWait() {
        node.setSecurity(Security.NONE);
        network.connect(node, network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(5)));
        first.linkFailed("ACP address", new IOException("this host does not have it"));
        runFor(19);
        assertThat(results).isEmpty();
        runFor(2);
        assertThat(results)
                .containsExactly("No neighbor was reached within 20 s (ACP address: this host does not have it); with"
                        + " --await-links the node starts and waits until one is");
    }

    @Test
    void theLastFailureIsNamed() {
        first.linkFailed("neighbor a:1", new IOException("connection refused"));
        runFor(21);
        assertThat(results)
                .containsExactly("No neighbor was reached within 20 s (neighbor a:1: connection refused); with"
                        + " --await-links the node starts and waits until one is");
    }

    @Test
    void theRefusalOfThisNodeByAPeerIsNamedBeforeAnyFailure() {
        first.peerRefused(PeerRefusal.UNTRUSTED, new InetSocketAddress(1), "a stranger");
        first.peerRefused(PeerRefusal.REFUSED_BY_PEER, new InetSocketAddress(1), "the peer has refused this node");
        first.linkFailed("neighbor a:1", new IOException("connection refused"));
        runFor(21);
        assertThat(results)
                .containsExactly("No neighbor was reached within 20 s, and this node was refused: the peer has refused"
                        + " this node");
    }

    @Test
    void aCertificateThatEndsEndsTheWaitAtOnce() {
        runFor(1);
        first.identityChanged(new IdentityStatus(
                false, false, List.of("it has been revoked"), null, null, null, null, IdentityStatus.Expiry.FAR));
        runFor(1);
        assertThat(results).containsExactly("The certificate cannot be used: it has been revoked");
    }
}
