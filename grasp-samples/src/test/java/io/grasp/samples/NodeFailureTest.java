package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.samples.node.NetworkOptions;
import io.grasp.samples.node.NodeRunner;
import io.grasp.substrate.netty.NettyConfig;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** A command whose node fails while it waits for ever. */
class NodeFailureTest {
    private static final OutOfMemoryError ERROR = new OutOfMemoryError("expected by this test");

    /** Runs a real node without links, on whose loop an error is thrown. */
    private static final class Failing implements NodeRunner {
        private final NodeRunner real = new NetworkOptions().nodes;

        @Override
        public <T> T use(GraspConfig config, Function<Grasp, Mono<T>> work) {
            return real.use(config.withNetwork(NettyConfig.defaults().withoutLinks()), grasp -> {
                grasp.scheduler().schedule(() -> {
                    throw ERROR;
                });
                return work.apply(grasp);
            });
        }
    }

    @Test
    @Timeout(60)
    void aCommandWhoseNodeFailsReportsItInOneLineAndFails() {
        Cli.Run run = Cli.runIn(new Failing(), "daemon", "--assume-secure", "--await-links");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).last().isEqualTo("grasp: the node has failed: " + ERROR);
        assertThat(run.err())
                .as("with the warning about --assume-secure")
                .filteredOn(line -> line.startsWith("grasp: "))
                .hasSize(2);
    }

    /** The real thing: nothing is left for what the end of a node needs. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"loop", "another thread"})
    void aProcessWithoutMemoryEnds(String filledBy) {
        Processes processes = new Processes();
        try {
            RunningProcess process = processes.program(List.of("-Xmx24m"), FullMemory.class, filledBy);

            assertThat(process.exit()).as(process.toString()).isEqualTo(1);
            if (filledBy.equals("loop")) {
                assertThat(process.errors())
                        .filteredOn(line -> line.contains("the node has failed: "))
                        .singleElement()
                        .asString()
                        .contains("OutOfMemoryError");
            }
        } finally {
            processes.kill();
        }
    }
}
