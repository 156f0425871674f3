package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.substrate.sim.SimNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the option {@code --audit} a command prints a line on standard error for each neighbor and reason. */
class AuditOptionTest {
    private static final byte[] MALFORMED = {(byte) 0xff};
    private static final int TIMES = 3;

    private final Town town = new Town();
    private Grasp attackers;

    @BeforeEach
    void sendMalformedMessages() throws UnknownHostException {
        SimNode attacker = town.network.node("attacker");
        town.network.connect(attacker, town.lan);
        attackers = town.await(Grasp.start(GraspConfig.defaults().withSubstrate(() -> attacker)))
                .get(0);
        InetSocketAddress source = new InetSocketAddress(InetAddress.getByName("fe80::bad"), 7017);
        for (int i = 1; i <= TIMES; i++) {
            attackers
                    .scheduler()
                    .schedule(
                            () -> town.lan.forge(attacker, source, MALFORMED, sent -> {}),
                            100L * i,
                            TimeUnit.MILLISECONDS);
        }
    }

    @AfterEach
    void close() {
        town.await(attackers.closeAsync());
        town.close();
    }

    private List<String> warnings(String... options) {
        return Cli.runIn(town, options).err().stream()
                .filter(line -> line.contains("dropped"))
                .toList();
    }

    @Test
    void dropsAreReportedAtOnceAndCountedUntilTheEnd() {
        assertThat(warnings("discover", "EX3", "--assume-secure", "--audit"))
                .containsExactly(
                        "grasp: warning: dropped once from fe80::bad on link lan: malformed",
                        "grasp: warning: dropped 2 times within 1 s from fe80::bad on link lan: malformed");
    }

    @Test
    void nothingIsReportedWithoutTheOption() {
        assertThat(warnings("discover", "EX3", "--assume-secure")).isEmpty();
    }
}
