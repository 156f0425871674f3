package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.substrate.netty.NettyConfig;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A node whose file descriptors a peer uses up, as far as the node lets it. */
class DescriptorsIT {
    private static final String PORT = "7017";
    private static final int DESCRIPTORS = 64;
    private static final int HELD = 200;
    private static final int QUESTIONS = 5;

    private final Processes processes = new Processes();

    @BeforeAll
    static void require() {
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void aNodeWithFewDescriptorsServesItsPeersWhileOneHoldsConnections() {
        try (Pair network = Pair.withUlas()) {
            RunningProcess serve =
                    processes.nodeOfFewDescriptors(DESCRIPTORS, network.left, "serve", "EX2", "5", "--port", PORT);
            serve.awaitReady();
            RunningProcess holder = processes.program(network.right, Holder.class, network.left.ula(), PORT);
            holder.line("held");

            RunningProcess asker = processes.program(network.right, Asker.class);
            assertThat(asker.exit()).as(asker + ", " + serve).isZero();
            assertThat(asker.output()).hasSize(QUESTIONS).allMatch("5"::equals);
            assertThat(holder.hasEnded()).isFalse();
            assertThat(serve.errors().stream().filter(line -> line.contains("cannot accept")))
                    .hasSize(1);
            assertThat(serve.errors()).hasSizeLessThan(4);
        }
    }

    /** Holds silent connections, and replaces the oldest one again and again. */
    static final class Holder {
        private static final Duration PAUSE = Duration.ofMillis(20);

        private Holder() {}

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Deque<Socket> held = new ArrayDeque<>();
            while (true) {
                held.add(new Socket(arguments[0], Integer.parseInt(arguments[1])));
                if (held.size() == HELD) {
                    System.out.println("held");
                }
                if (held.size() > HELD) {
                    held.remove().close();
                    Thread.sleep(PAUSE.toMillis());
                }
            }
        }
    }

    /** Discovers the objective and asks for its value, each time as a new node. */
    static final class Asker {
        private static final Duration PATIENCE = Duration.ofSeconds(10);

        private Asker() {}

        public static void main(String[] arguments) {
            GraspConfig config =
                    GraspConfig.defaults().withNetwork(NettyConfig.defaults().withAssumeSecure(true));
            Objective objective = Objective.synchronizable("EX2");
            for (int i = 0; i < QUESTIONS; i++) {
                try (Grasp grasp = Grasp.start(config).block()) {
                    Asa asa = grasp.registerAsa("asker").block();
                    AsaLocator found = asa.discover(objective, PATIENCE).blockFirst();
                    System.out.println(
                            asa.synchronize(objective, found).block().value().as(Integer.class));
                }
            }
        }
    }
}
