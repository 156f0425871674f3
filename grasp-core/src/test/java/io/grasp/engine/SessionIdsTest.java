package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.RequestNegotiation;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where Session IDs come from, and how those of others are told apart (RFC 8990 section 2.7). */
class SessionIdsTest extends OneEngine {
    private static final SessionId ID = new SessionId(4711);

    @Test
    @Proves({"8990-2.7-1", "8990-2.5.4.3-6", "8990-2.5.5-1", "8990-2.5.6.1-2"})
    void eachTryHasAnIdOfItsOwn() {
        for (int i = 0; i < 2; i++) {
            loop.run(() -> asa.discover(EX3, Duration.ofMillis(10), null, new Finding()));
            loop.run(() -> asa.flood(List.of(TaggedObjective.untagged(EX2.withValue(1))), TIMEOUT, failure -> {}));
            request(EX3.withValue(1));
            loop.run(told.session::cancel);
            loop.run(() -> asa.synchronize(EX2, here(peer.node), Duration.ofMillis(10), new Synchronized()));
            moment();
        }

        assertThat(sent).hasSize(12); // two links for each discovery and flood
        assertThat(sent.stream().map(GraspMessage::session).distinct()).hasSize(8);
    }

    @Test
    @Proves("8990-2.7-3")
    void idsAreOfAll32BitsAndRarelyTheSame() {
        SessionTable table = new SessionTable(loop, new Random(1), Limits.DEFAULTS, Timeouts.DEFAULTS);
        List<Long> ids =
                IntStream.range(0, 1000).mapToObj(i -> table.unused().value()).toList();

        assertThat(ids).doesNotHaveDuplicates();
        for (int bit = 0; bit < 32; bit++) {
            long mask = 1L << bit;
            assertThat(ids.stream().filter(id -> (id & mask) != 0))
                    .as("bit %d", bit)
                    .hasSizeBetween(400, 600);
        }
    }

    @Test
    @Proves("8990-2.7-9")
    void theSameIdOfTwoPeersIsTwoSessions() {
        listen();
        peer.connect(node).send(new RequestNegotiation(ID, EX3.withValue(1)));
        beyond.connect(node).send(new RequestNegotiation(ID, EX3.withValue(2)));
        moment();

        assertThat(requests)
                .extracting(session -> session.inHand().value().as(Integer.class))
                .containsExactlyInAnyOrder(1, 2);
        requests.forEach(session -> loop.run(session::accept));
        moment();
    }
}
