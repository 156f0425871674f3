package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.grasp.GraspImplementation;
import io.grasp.benchmarks.load.grasp.SecuredNeighbors;
import io.grasp.benchmarks.load.grasp.SecuredNodes;
import io.grasp.benchmarks.load.growth.Heap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Measures what an idle neighbor and an open idle session take, both ends together, because both are in this process.
 */
final class SecuredMemory {
    private final SecuredProfile profile;
    private final PrintWriter out;

    SecuredMemory(SecuredProfile profile, PrintWriter out) {
        this.profile = profile;
        this.out = out;
    }

    void run(String link, Path identities) throws Exception {
        out.println("Memory, both ends together, without what the kernel keeps");
        out.println();
        out.println("| what | number | bytes of heap each | bytes of buffers, all |");
        out.println("|---|---|---|---|");
        neighbors(identities);
        try (GraspImplementation streams =
                GraspImplementation.startSecured(identities, SecuredNodes.STREAMS_PORT, true)) {
            sessions("open idle negotiation, a stream", streams, profile.idle());
        }
        try (GraspImplementation tls =
                GraspImplementation.startSecured(identities, SecuredNodes.CONNECTIONS_PORT, false)) {
            sessions("the same with a TLS connection of its own", tls, profile.idleConnections());
        }
        try (GraspImplementation plain = GraspImplementation.start(link)) {
            sessions("the same with a TCP connection in the clear", plain, profile.idle());
        }
        out.println();
        out.flush();
    }

    private void neighbors(Path identities) throws Exception {
        try (SecuredNeighbors nodes = new SecuredNeighbors(identities, profile.neighbors())) {
            long heap = Heap.used();
            long buffers = buffers();
            nodes.connect();
            row("idle neighbor", profile.neighbors(), Heap.used() - heap, buffers() - buffers);
        }
    }

    private void sessions(String what, GraspImplementation nodes, int count) throws InterruptedException {
        long heap = Heap.used();
        long buffers = buffers();
        List<Object> kept = nodes.openIdle(count);
        row(what, count, Heap.used() - heap, buffers() - buffers);
        if (kept.size() != 2 * count) {
            throw new IllegalStateException("not all negotiations were opened");
        }
    }

    private void row(String what, int count, long heap, long buffers) {
        out.printf(Locale.ROOT, "| %s | %,d | %,.0f | %,d |%n", what, count, heap / (double) count, buffers);
        out.flush();
    }

    private static long buffers() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : 0;
    }
}
