package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A discovery in progress, and links that come up meanwhile. */
class LateLinksTest extends TwoLinkFixture {
    private static final Objective EX9 = Objective.discoverable("EX9");
    private static final Duration HOUR = Duration.ofHours(1);

    private final Finding finding = new Finding();

    private Cancellable discover(Duration timeout) {
        Cancellable discovery = loop.call(() -> asa.discover(EX9, timeout, finding));
        moment();
        return discovery;
    }

    private List<Discovery> heard() {
        return peer.heard.stream()
                .map(bytes -> (Discovery) ScriptedPeer.decode(bytes))
                .toList();
    }

    private void down() {
        loop.run(lan::down);
        moment();
    }

    private void up() {
        loop.run(lan::up);
        moment();
    }

    private Response responseTo(Discovery asked) {
        Locator there = new Locator.Ipv6((Inet6Address) peer.node.addresses().get(0), Locator.TCP, 7017);
        return new Response(
                asked.session(), asked.initiator(), 60_000, List.of(new GraspOption.LocatorOption(there)), null);
    }

    @Test
    void aDiscoveryIsSentOnANewLinkUnderAnotherSessionId() {
        down();
        Cancellable discovery = discover(HOUR);
        assertThat(heard()).isEmpty();
        up();
        assertThat(heard()).hasSize(1);
        Discovery before = (Discovery) ScriptedPeer.decode(beyond.heard.get(0));
        assertThat(heard().get(0).objective()).isEqualTo(before.objective());
        assertThat(heard().get(0).session()).isNotEqualTo(before.session());
        loop.run(discovery::cancel);
    }

    @Test
    void theObserverIsNotifiedOfALinkBeforeAnythingIsSentOnIt() {
        Cancellable discovery = discover(HOUR);
        down();
        loop.run(lan::up);
        assertThat(observed.linkEvents).containsSubsequence("down lan", "up lan", "sent on lan");
        assertThat(observed.linkEvents).endsWith("up lan", "sent on lan");
        loop.run(discovery::cancel);
    }

    @Test
    void aDiscoveryIsSentAgainOnAReturnedLinkAndResponsesToBothSessionIdsAreTaken() {
        Cancellable discovery = discover(HOUR);
        down();
        up();
        assertThat(heard())
                .extracting(Discovery::session)
                .doesNotHaveDuplicates()
                .hasSize(2);
        peer.reply(responseTo(heard().get(0)));
        moment();
        assertThat(finding.found).hasSize(1);
        peer.reply(responseTo(heard().get(1)));
        moment();
        assertThat(finding.found).as("the same place").hasSize(1);
        assertThat(drops).doesNotContainKey(DropReason.NO_SESSION);
        assertThat(beyond.heard).as("the other link has been up all the time").hasSize(1);
        loop.run(discovery::cancel);
        assertThat(loop.call(engine::load)).isEqualTo(EngineLoad.NONE);
    }

    @Test
    @Proves({"8990-2.5.4.3-6", "8990-2.5.4.3-7", "8990-2.5.4.3-8"})
    void aDiscoveryOnANewLinkIsRepeatedThreeTimesWithGrowingPauses() {
        down();
        Cancellable discovery = discover(HOUR);
        up();
        for (int asked = 1; asked <= 4; asked++) {
            assertThat(heard()).hasSize(asked);
            loop.advance(Duration.ofMillis(900L << (asked - 1)));
            assertThat(heard()).as("not too early").hasSize(asked);
            loop.advance(Duration.ofMillis(100L << (asked - 1)));
        }
        loop.advance(Duration.ofMinutes(10));
        assertThat(heard())
                .extracting(Discovery::session)
                .doesNotHaveDuplicates()
                .hasSize(4);
        assertThat(beyond.heard).hasSize(1);

        down();
        up();
        loop.advance(Duration.ofMinutes(10));
        assertThat(heard()).as("it starts again").hasSize(8);
        loop.run(discovery::cancel);
    }

    @Test
    void aDiscoveryThatHasEndedIsNotSentOnNewLinks() {
        discover(Duration.ofMillis(20));
        assertThat(finding.completed).isTrue();
        Cancellable discovery = discover(HOUR);
        down();
        up();
        loop.run(discovery::cancel);
        int before = heard().size();
        loop.advance(Duration.ofMinutes(1));
        assertThat(heard()).hasSize(before);
    }

    @Test
    void aFlappingLinkKeepsTheNumberOfSessionIdsBounded() {
        Cancellable discovery = discover(HOUR);
        for (int flap = 0; flap < 100; flap++) {
            down();
            up();
        }
        assertThat(loop.call(engine::load).sessions()).isEqualTo(4);
        SessionId oldest = heard().get(0).session();
        peer.reply(responseTo(heard().get(0)));
        moment();
        assertThat(finding.found).as("in answer to " + oldest).isEmpty();
        peer.reply(responseTo(heard().get(100)));
        moment();
        assertThat(finding.found).hasSize(1);
        loop.run(discovery::cancel);
    }

    @Test
    void aRepeatedDiscoveryHoldsTheCurrentAddressAsItsInitiator() throws UnknownHostException {
        Cancellable discovery = discover(HOUR);
        down();
        InetAddress now = InetAddress.getByName("fd00::99");
        loop.run(() -> node.renumber(node.addresses().get(0), now));
        up();
        assertThat(heard().get(1).initiator()).isEqualTo(now);
        loop.run(discovery::cancel);
    }
}
