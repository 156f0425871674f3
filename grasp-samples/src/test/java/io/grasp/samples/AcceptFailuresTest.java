package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.samples.node.AcceptFailures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AcceptFailuresTest {
    private final AtomicLong time = new AtomicLong(Long.MAX_VALUE);
    private final List<String> lines = new ArrayList<>();
    private final AcceptFailures failures = new AcceptFailures(time::get, lines::add);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            failures.acceptFailed(new IOException("Too many open files"));
            time.addAndGet(Duration.ofSeconds(1).toNanos());
        }
    }

    @Test
    void failuresAreReportedAtOnceAndThenAsACountOnceAMinute() {
        fail(60);
        assertThat(lines).containsExactly("cannot accept connections: Too many open files");
        fail(1);
        assertThat(lines)
                .hasSize(2)
                .endsWith("cannot accept connections: Too many open files, 60 times since the last report");
        fail(59);
        assertThat(lines).hasSize(2);
    }

    @Test
    void connectionsThatEndForLackOfDescriptorsCountAsWell() {
        MessagePath path = MessagePath.connection(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        failures.messageDropped(DropReason.DESCRIPTORS, path);
        failures.messageDropped(DropReason.CONNECTIONS, path);
        assertThat(lines).containsExactly("cannot accept connections: few file descriptors are left");
        failures.messageDropped(DropReason.DESCRIPTORS, path);
        time.addAndGet(Duration.ofMinutes(1).toNanos());
        failures.messageDropped(DropReason.DESCRIPTORS, path);
        assertThat(lines)
                .hasSize(2)
                .endsWith("cannot accept connections: few file descriptors are left, 2 times since the last report");
    }
}
