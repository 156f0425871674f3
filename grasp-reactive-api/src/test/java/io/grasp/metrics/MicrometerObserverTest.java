package io.grasp.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.cbor.CborItem;
import io.grasp.engine.DropReason;
import io.grasp.engine.MessagePath;
import io.grasp.engine.SessionInfo;
import io.grasp.engine.SessionOutcome;
import io.grasp.model.SessionId;
import io.grasp.wire.Noop;
import io.grasp.wire.UnknownMessage;
import io.grasp.wire.Wait;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MicrometerObserverTest {
    private static final SessionId ID = new SessionId(1);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerObserver observer = new MicrometerObserver(registry);
    private final MessagePath path =
            new MessagePath(MessagePath.Kind.CONNECTION, "", new InetSocketAddress("::1", 4711));

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    @Test
    void messagesAreCountedByDirectionAndType() {
        observer.messageSent(new Wait(ID, 5), new byte[0], path);
        observer.messageSent(new Wait(ID, 6), new byte[0], path);
        observer.messageReceived(new Wait(ID, 7), new byte[0], path);
        observer.messageReceived(new Noop(), new byte[0], path);

        assertThat(count("grasp.messages", "direction", "out", "type", "M_WAIT"))
                .isEqualTo(2);
        assertThat(count("grasp.messages", "direction", "in", "type", "M_WAIT")).isEqualTo(1);
        assertThat(count("grasp.messages", "direction", "in", "type", "M_NOOP")).isEqualTo(1);
    }

    @Test
    void unknownTypesShareOneMeter() {
        for (int type = 100; type < 110; type++) {
            observer.messageReceived(
                    new UnknownMessage(type, ID, CborItem.wrap(new byte[] {1}, 0, 1)), new byte[0], path);
        }

        assertThat(count("grasp.messages", "direction", "in", "type", "unknown"))
                .isEqualTo(10);
    }

    @Test
    void sessionsAreCountedByOutcomeAndWhileTheyLast() {
        SessionInfo session = new SessionInfo(ID, SessionInfo.Kind.NEGOTIATION, SessionInfo.Role.INITIATOR, "EX3");
        observer.sessionStarted(session);
        observer.sessionStarted(session);
        observer.sessionEnded(session, SessionOutcome.DECLINED, null);

        assertThat(registry.get("grasp.sessions.active").gauge().value()).isEqualTo(1);
        assertThat(count("grasp.sessions", "kind", "negotiation", "role", "initiator", "outcome", "declined"))
                .isEqualTo(1);
    }

    @Test
    void dropsAreCountedByReasonAndNoTagTellsAnAddressOrAName() {
        observer.messageDropped(DropReason.MALFORMED, path);
        observer.linkFailed("eth7", new IllegalStateException());
        observer.sessionEnded(
                new SessionInfo(ID, SessionInfo.Kind.DISCOVERY, SessionInfo.Role.INITIATOR, "secret-name"),
                SessionOutcome.COMPLETED,
                null);

        assertThat(count("grasp.drops", "reason", "malformed")).isEqualTo(1);
        assertThat(count("grasp.link.failures")).isEqualTo(1);
        Set<String> tags = registry.getMeters().stream()
                .map(Meter::getId)
                .flatMap(id -> id.getTags().stream())
                .map(Tag::getValue)
                .collect(Collectors.toSet());
        assertThat(tags).noneMatch(tag -> tag.contains("eth7") || tag.contains("secret") || tag.contains("4711"));
    }
}
