package io.grasp.samples.node;

import io.grasp.api.Grasp;
import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkInfo;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.observe.GraspObserver;
import io.grasp.samples.text.Failures;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Waits until a node that authenticates itself has a link and is protected; if that is not so in time, it knows why.
 */
final class FirstLink implements GraspObserver {
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Duration longest;
    private final String whatIsMissing;

    private volatile String ownProblem = "";
    private volatile String refusal = "";
    private volatile String failure = "";

    /**
     * A new one, which observes the node from its start on.
     *
     * @param longest how long to wait
     * @param whatIsMissing the begin of the error's sentence
     */
    FirstLink(Duration longest, String whatIsMissing) {
        this.longest = longest;
        this.whatIsMissing = whatIsMissing;
    }

    @Override
    public void identityChanged(IdentityStatus status) {
        ownProblem = status.good() ? "" : status.detail();
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        if (reason == PeerRefusal.REFUSED_BY_PEER) {
            refusal = detail;
        }
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        failure = link + ": " + Failures.oneLine(cause);
    }

    /**
     * {@return completes when there is a link, and the node is protected; fails if that is not so in time, or the own
     * certificate has ended}
     */
    Mono<Void> await(Grasp grasp) {
        return Flux.interval(Duration.ZERO, LOOK, grasp.scheduler())
                .onBackpressureDrop()
                .concatMap(look -> ownProblem.isEmpty()
                        ? grasp.security().filter(Security::permitsGrasp).flatMap(secure -> grasp.links())
                        : Mono.<List<LinkInfo>>error(
                                new IllegalStateException("The certificate cannot be used: " + ownProblem)))
                .filter(up -> !up.isEmpty())
                .next()
                .timeout(longest, Mono.error(() -> new IllegalStateException(why())), grasp.scheduler())
                .then();
    }

    private String why() {
        String begin = whatIsMissing + " within " + longest.toSeconds() + " s";
        if (!refusal.isEmpty()) {
            return begin + ", and this node was refused: " + refusal;
        }
        return begin + (failure.isEmpty() ? "" : " (" + failure + ")")
                + "; with --await-links the node starts and waits until one is";
    }
}
