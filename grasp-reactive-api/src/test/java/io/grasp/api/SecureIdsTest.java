package io.grasp.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.sim.LinkKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SecureIdsTest {
    private static final int MANY = 1000;
    private static final Objective EX2 = Objective.synchronizable("EX2");

    @Test
    void randomNumbersDoNotRepeat() {
        RandomGenerator ids = SecureIds.create();
        RandomGenerator others = SecureIds.create();
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < MANY; i++) {
            assertThat(seen.add(ids.nextLong())).isTrue();
            assertThat(seen.add(others.nextLong())).isTrue();
        }
        assertThat(seen).doesNotContain(0L); // the value of erased bytes
    }

    @Test
    void everyBitOfTheNumbersVaries() {
        RandomGenerator ids = SecureIds.create();
        int ones = 0;
        int zeros = 0;
        for (int i = 0; i < MANY; i++) {
            int id = ids.nextInt();
            ones |= id;
            zeros |= ~id;
        }
        assertThat(ones).isEqualTo(-1);
        assertThat(zeros).isEqualTo(-1);
    }

    @Test
    @Proves({"8990-2.7-4", "8990-2.7-5"})
    void theGeneratorIsACryptographicDrbg() {
        assertThat(SecureIds.create())
                .extracting("source")
                .isInstanceOfSatisfying(
                        SecureRandom.class,
                        source -> assertThat(source.getAlgorithm()).isEqualTo("DRBG"));
        long here = SecureIds.create().nextLong();
        long there = SecureIds.create().nextLong();
        assertThat(here).as("each node has its own seed").isNotEqualTo(there);
    }

    /** A fixed seed would give two devices the same numbers, like two instances of a generator in one process. */
    @Test
    @Proves("8990-2.7-4")
    void twoProcessesHaveDifferentSeeds() throws IOException {
        assertThat(idsOfAnotherProcess()).isNotEqualTo(idsOfAnotherProcess());
    }

    private static String idsOfAnotherProcess() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Ids.class.getName())
                .start();
        try (InputStream out = process.getInputStream()) {
            String ids = new String(out.readAllBytes(), UTF_8);
            assertThat(ids).matches("-?\\d+ -?\\d+ ");
            return ids;
        }
    }

    /** Prints the first numbers of a source. */
    static final class Ids {
        private Ids() {}

        public static void main(String[] arguments) {
            RandomGenerator ids = SecureIds.create();
            System.out.print(ids.nextLong() + " " + ids.nextLong() + " ");
        }
    }

    @Test
    @Proves({"8990-2.7-4", "8990-2.7-5"})
    void aNodeWithDefaultSettingsTakesItsSessionIdsFromTheGenerator() {
        try (SimWorld world = new SimWorld(LinkKind.DATAGRAM)) {
            List<SessionId> sent = new ArrayList<>();
            Grasp node = world.awaitOne(Grasp.start(GraspConfig.defaults()
                    .withSubstrate(() -> world.nodeOn(0))
                    .withObserver(new GraspObserver() {
                        @Override
                        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                            sent.add(message.session());
                        }
                    })));
            Asa asa = world.awaitOne(node.registerAsa("asa"));
            world.await(asa.register(EX2));
            assertThat(node).extracting("random").isInstanceOf(SecureIds.class);
            assertThat(node).extracting("random.stock").isInstanceOfSatisfying(ByteBuffer.class, stock -> {
                int next = stock.getInt(stock.position()); // the upper half of the next number, before it is erased
                world.await(asa.flood(EX2.withValue(1), Duration.ofMinutes(1)));
                assertThat(sent).containsExactly(new SessionId(Integer.toUnsignedLong(next)));
            });
            world.await(node.closeAsync());
        }
    }

    @Test
    @Proves({"8990-2.7-4", "8990-2.7-5"})
    void otherSettingsDoNotReplaceTheGenerator() {
        for (GraspConfig config : List.of(
                GraspConfig.defaults(),
                GraspConfig.dull("eth0", "EX2"),
                GraspConfig.defaults().withNetwork(NettyConfig.defaults()),
                GraspConfig.defaults().withLimits(Limits.DEFAULTS).withTimeouts(Timeouts.DEFAULTS))) {
            assertThat(config.newRandom())
                    .isInstanceOf(SecureIds.class)
                    .as("each node has its own source")
                    .isNotSameAs(config.newRandom());
        }
    }
}
