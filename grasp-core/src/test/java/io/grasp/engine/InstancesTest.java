package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.EngineConfig;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two instances on one loop, as on a node at the boundary of two domains: neither shares data with the other. */
class InstancesTest extends TwoLinkFixture {
    @Test
    @Proves("8990-2.5.1-6")
    void instancesShareNeitherCachesNorDuplicateDetection() {
        SimNode outside = network.node("outside");
        ScriptedPeer foreign = newPeer("foreign");
        link("border", outside, foreign.node);
        GraspEngine second = start(EngineConfig.DEFAULTS, outside, GraspObserver.NONE);
        EngineAsa there = loop.call(() -> second.registerAsa("asa")); // the name is free here
        peer.multicast(new Flood(
                new SessionId(1),
                peer.node.addresses().get(0),
                0,
                List.of(TaggedObjective.untagged(EX2.withValue("inside")))));
        listen();
        moment();

        assertThat(loop.call(() -> asa.getFlood("EX2"))).hasSize(1);
        assertThat(loop.call(() -> there.getFlood("EX2"))).isEmpty();
        assertThat(foreign.heard).isEmpty();
        assertThat(beyond.heard).as("but relayed inside").hasSize(1);
        Finding finding = new Finding();
        loop.run(() -> there.discover(EX3, Duration.ofSeconds(1), finding));
        loop.advance(Duration.ofSeconds(2));
        assertThat(finding.completed).isTrue();
        assertThat(finding.found).isEmpty();

        // A locator that one instance has discovered is not known to the other.
        Objective found = Objective.discoverable("EX5");
        loop.run(() -> asa.discover(found, Duration.ofSeconds(1), new Finding()));
        moment();
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(peer.heard.size() - 1));
        peer.reply(new Response(
                asked.session(),
                asked.initiator(),
                0,
                List.of(new GraspOption.LocatorOption(here(peer.node).locator())),
                null));
        moment();
        loop.advance(Duration.ofSeconds(1));
        assertThat(known(asa, found)).hasSize(1);
        assertThat(known(there, found)).isEmpty();

        // A flood that one has received is not a duplicate for the other: the flood above, byte for byte.
        foreign.multicast(beyond.heard.get(0));
        moment();
        assertThat(loop.call(() -> there.getFlood("EX2"))).hasSize(1);
    }

    private List<AsaLocator> known(EngineAsa to, Objective objective) {
        Finding finding = new Finding();
        loop.run(() -> to.discoverKnown(objective, finding));
        return finding.found;
    }
}
