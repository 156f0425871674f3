package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.RegistrationOptions;
import io.grasp.logging.LoggingObserver;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** What a node on a real link logs. */
class NettyLoggingTest extends NettyTest {
    private static final Objective EX3 = Objective.negotiable("EX3");

    @Test
    void messagesOnARealLinkAreTraced() {
        RecordingLoggers log = new RecordingLoggers(Level.TRACE, () -> 0);
        Asa responder = world.awaitOne(world.start().registerAsa("responder"));
        world.await(responder.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        Grasp node = world.start(config -> config.withAdditionalObserver(LoggingObserver.to(log)));
        Asa asa = world.awaitOne(node.registerAsa("seeker"));
        AsaLocator found =
                world.awaitOne(asa.discover(EX3, Duration.ofSeconds(20)).next());
        world.await(node.closeAsync());

        List<String> lines = log.take();
        assertThat(lines).first().asString().matches("0 INFO link link grasp0 is up at fe80:.*");
        assertThat(lines)
                .anyMatch(line -> line.matches("0 INFO node started at port \\d+ as .*, protection of the links:"
                        + " ASSERTED, link grasp0 at .*:\\d+.*"))
                .anyMatch(line -> line.matches("0 TRACE message => M_DISCOVERY \\[1, \\d+, h'[0-9a-f]{32}',"
                        + " \\[\"EX3\", 3, 6, null]] on link grasp0"))
                .anyMatch(line -> line.matches("0 TRACE message <- M_RESPONSE \\[2, .*, \\[103, .*, 6, "
                        + found.locator().port() + "]] from \\[.*]:\\d+.*"))
                .endsWith("0 INFO node closed");
    }
}
