package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.engine.node.Cancellable;
import io.grasp.observe.DropReason;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The connections on which responses to multicasts arrive. */
class ResponseConnectionTest extends TwoLinkFixture {
    @Test
    @Proves("8990-2.8.5-5")
    void theDiscoveringNodeClosesTheResponseConnectionFirst() {
        Finding finding = new Finding();
        Cancellable discovery = loop.call(() -> asa.discover(EX3, TIMEOUT, finding));
        moment();
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(0));

        ScriptedPeer.Wire wire = peer.connect(node);
        moment();
        assertThat(wire.inputEnded).isFalse();
        wire.send(responseFrom(peer, asked));
        moment();
        assertThat(finding.found).hasSize(1);
        assertThat(wire.inputEnded).as("the asking node closes first").isTrue();
        assertThat(engine.load().channels()).isZero();
        assertThat(drops).containsOnlyKeys(DropReason.OWN);
        loop.run(discovery::cancel);
    }

    private static Response responseFrom(ScriptedPeer responder, Discovery asked) {
        return new Response(
                asked.session(),
                asked.initiator(),
                60_000,
                List.of(new GraspOption.LocatorOption(here(responder.node).locator())),
                null);
    }
}
