package io.grasp.neighbors;

import io.grasp.api.GraspConfig;
import io.grasp.config.Dull;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.overlay.NeighborSource;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Finds neighbors of an overlay on one link of a LAN, as the nodes of an Autonomic Control Plane do (RFC 8994 section
 * 6.4): a DULL instance floods the objective {@value #OBJECTIVE} with the method {@value #METHOD} and the port at which
 * this node accepts connections, and hears the same of others. Immutable: each {@code with...} returns a changed copy.
 * It may serve several nodes.
 *
 * {@snippet class="io.grasp.snippets.ApiSnippets" region="findNeighbors"}
 *
 * <p>Nothing of it is authenticated; that is done by the TLS connection that follows. So a flood counts only if its
 * locator is TCP at a link-local IPv6 address that is also its initiator. What it says is believed for its time to
 * live, but for at least 60 s and at most 210 s, and no flood can withdraw or shorten what another has said. In one
 * second at most 100 places are reported that were not heard lately; of the reported ones the overlay bounds how many
 * it tries ({@link io.grasp.substrate.netty.overlay.OverlayConfig#withMaxNeighbors}).
 *
 * <p>This node floods every 60 s, when the link comes up, and when a neighbor has started, but then at most every 10 s.
 * It floods nothing while it accepts no connections at its link-local address, because the settings of the overlay
 * leave that address out or its certificate cannot be used; it still hears others. Its last flood is valid for 210 s,
 * also if it is closed in the meantime.
 *
 * <p>The instance runs on a loop of its own, so what its link carries takes no time of the node's loop. It waits for an
 * interface that does not exist yet, is down, or has no link-local IPv6 address, and again when the link goes away.
 * That, a failed start of the instance, which is repeated ({@link #withRetry}), and failures of the link are reported
 * to the node's observer by {@link io.grasp.observe.GraspObserver#linkFailed}, for a link named
 * {@code finding neighbors on} and the interface, with a {@link io.grasp.model.GraspException} as the cause unless the
 * substrate reports another one. The close of the node waits until the instance is closed.
 */
public final class DullNeighborSource implements NeighborSource {
    /** The objective (RFC 8994 section 6.4). */
    public static final String OBJECTIVE = "AN_ACP";

    /** The name of the method. RFC 8994 section 6.4 allows names of one's own; those without dots are for standards. */
    public static final String METHOD = "io.grasp.tls";

    private static final Duration RETRY = Duration.ofMinutes(1);

    private final String link;
    private final UnaryOperator<GraspConfig> instance;
    private final Duration retry;

    private DullNeighborSource(String link, UnaryOperator<GraspConfig> instance, Duration retry) {
        this.link = Objects.requireNonNull(link, "link");
        this.instance = Objects.requireNonNull(instance, "settings");
        this.retry = retry;
    }

    /**
     * {@return a source that finds neighbors on a link} For several links, add a source for each. It is not for the
     * interfaces of an Autonomic Control Plane (RFC 8994 section 6.4).
     *
     * @param link the interface's name, such as {@code eth0}
     */
    public static DullNeighborSource on(String link) {
        return new DullNeighborSource(link, UnaryOperator.identity(), RETRY);
    }

    /**
     * {@return this source with other settings of its DULL instance} For example an additional observer, which sees the
     * messages and what is dropped; in a test, a simulated network.
     *
     * @param settings changes the default settings; called at each start of the instance, on the node's loop or on a
     *     thread of the retries, so it must not block. The result must allow {@link #OBJECTIVE}
     */
    public DullNeighborSource withInstance(UnaryOperator<GraspConfig> settings) {
        return new DullNeighborSource(link, settings, retry);
    }

    /**
     * {@return this source with another pause after a start of its DULL instance that has failed, or the end of an
     * instance that has failed} Default: 60 s.
     *
     * @param pause the pause, above 0
     * @throws IllegalArgumentException if it is not
     */
    public DullNeighborSource withRetry(Duration pause) {
        if (pause.isNegative() || pause.isZero()) {
            throw new IllegalArgumentException("retry is " + pause + ", must be above 0");
        }
        return new DullNeighborSource(link, instance, pause);
    }

    @Override
    public Search start(Neighbors neighbors) {
        return start(neighbors, Schedulers.parallel());
    }

    /** @param pauses for the pauses, in which there is no instance and so no loop of its own */
    Search start(Neighbors neighbors, Scheduler pauses) {
        NeighborSearch search = new NeighborSearch(this, neighbors, pauses);
        search.begin();
        return search;
    }

    String link() {
        return link;
    }

    Duration retry() {
        return retry;
    }

    GraspConfig instance() {
        return instance.apply(GraspConfig.defaults()
                .withNetwork(NettyConfig.dull(link).withAwaitLinks(true))
                .withDull(Dull.allowing(OBJECTIVE)));
    }
}
