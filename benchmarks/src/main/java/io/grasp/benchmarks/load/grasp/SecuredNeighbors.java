package io.grasp.benchmarks.load.grasp;

import io.grasp.api.Grasp;
import io.grasp.model.LinkInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.security.Identity;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.substrate.netty.overlay.OverlaySubstrate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A node and many others, which become its neighbors at a given time, so that what a neighbor takes can be measured.
 */
public final class SecuredNeighbors implements AutoCloseable {
    private static final long MAX_SECONDS = 60;

    private final NettyLoop loop = NettyLoop.create();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<NeighborSource.Neighbors> searching = new ArrayList<>();
    private final CountDownLatch linksUp;

    /**
     * Starts the nodes, without any connection.
     *
     * @param directory gets the files with their identities
     * @param count the number of nodes in addition to the one that accepts connections
     */
    public SecuredNeighbors(Path directory, int count) throws IOException {
        BenchmarkDomain domain = new BenchmarkDomain("neighbors.example");
        linksUp = new CountDownLatch(2 * count);
        for (int number = 0; number <= count; number++) {
            Path file = directory.resolve("neighbor" + number + ".p12");
            domain.issue(file, number);
            Identity identity = SecuredNodes.identity(file);
            boolean accepting = number == 0;
            OverlaySubstrate substrate = OverlaySubstrate.on(
                    loop,
                    SecuredNodes.overlay(accepting ? SecuredNodes.STREAMS_PORT : 0, true)
                            .withMaxHandshakes(count, count)
                            .withNeighborSource(this::search),
                    identity);
            Grasp node = GraspImplementation.required(
                    Grasp.start(GraspImplementation.config(substrate).withObserver(new Counting())));
            open.add(0, identity);
            open.add(0, node);
        }
    }

    private NeighborSource.Search search(NeighborSource.Neighbors neighbors) {
        synchronized (searching) {
            searching.add(neighbors);
        }
        return ended -> ended.done(null);
    }

    private final class Counting implements GraspObserver {
        @Override
        public void linkUp(LinkInfo link) {
            linksUp.countDown();
        }
    }

    /** Lets all nodes find the first one, and waits for the links. */
    public void connect() throws InterruptedException {
        InetSocketAddress first = new InetSocketAddress(InetAddress.getLoopbackAddress(), SecuredNodes.STREAMS_PORT);
        synchronized (searching) {
            searching.stream().skip(1).forEach(each -> each.found(first));
        }
        if (!linksUp.await(MAX_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(linksUp.getCount() + " links are missing");
        }
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        loop.close(ended -> {});
    }
}
