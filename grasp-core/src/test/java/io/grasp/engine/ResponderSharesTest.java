package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A responder with many locators does not keep those of others from the initiator, here or beyond a relay. */
class ResponderSharesTest extends EngineFixture {
    private static final int MOST = Limits.DEFAULTS.locators();

    /** What is reserved for each link: with three links and unknown ones, an eighth of all. */
    private static final int PART = 2 * MOST / 8;

    private final SimNode node = network.node("engine");
    private final ScriptedPeer hostile = newPeer("hostile");
    private final ScriptedPeer neighbor = newPeer("neighbor");
    private final ScriptedPeer beyond = newPeer("beyond");
    private final ScriptedPeer asking = newPeer("asking");
    private final RecordingObserver observed = new RecordingObserver();
    private final Finding finding = new Finding();

    ResponderSharesTest() {
        link("shared", hostile.node, neighbor.node, node);
        link("other", beyond.node, node);
        link("asking", asking.node, node);
    }

    /** An ASA of the node discovers; {@return the discovery} */
    private Discovery discover() {
        GraspEngine engine = start(EngineConfig.DEFAULTS, node, observed);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(2), finding));
        moment();
        return (Discovery) hostile.multicasts.get(0);
    }

    /** The node relays a discovery; {@return the discovery} */
    private Discovery relay() {
        start(EngineConfig.DEFAULTS, node, observed);
        Discovery asked = new Discovery(new SessionId(4711), addressOf(asking), EX3.withLoopCount(60));
        asking.multicast(asked);
        moment();
        return asked;
    }

    private static Locator at(String host) {
        return UnusableLocators.at("fd12:" + host, Locator.TCP, 9999);
    }

    private void respond(ScriptedPeer from, Discovery asked, List<Locator> locators) {
        List<GraspOption> options = locators.stream()
                .<GraspOption>map(GraspOption.LocatorOption::new)
                .toList();
        from.connect(node).send(new Response(asked.session(), asked.initiator(), 60_000, options, null));
        moment();
    }

    private static List<Locator> many(int network, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> at(network + "::" + Integer.toHexString(i)))
                .toList();
    }

    private void end() {
        loop.advance(Duration.ofSeconds(2));
        assertThat(finding.completed).isTrue();
    }

    private List<Locator> found() {
        return finding.found.stream().map(AsaLocator::locator).toList();
    }

    private List<Locator> passedOn() {
        List<Locator> locators = new ArrayList<>();
        for (ScriptedPeer.Wire wire : asking.accepted) {
            for (GraspMessage message : wire.received) {
                ((Response) message)
                        .options()
                        .forEach(option -> locators.add(((GraspOption.LocatorOption) option).locator()));
            }
        }
        return locators;
    }

    @Test
    void anAsaGetsTheLocatorsOfEachResponder() {
        Discovery asked = discover();
        respond(hostile, asked, many(1, MOST));
        assertThat(found()).hasSize(MOST);
        respond(hostile, asked, many(2, MOST));
        assertThat(found()).hasSize(MOST);
        assertThat(observed.drops).containsEntry(DropReason.TOO_MANY_LOCATORS, MOST);

        respond(neighbor, asked, many(3, 2));
        respond(beyond, asked, many(4, 2));
        assertThat(found()).hasSize(MOST + 4).containsAll(many(3, 2)).containsAll(many(4, 2));
        end();
    }

    @Test
    void aRelayPassesOnTheLocatorsOfEachResponder() {
        Discovery asked = relay();
        respond(hostile, asked, many(1, MOST));
        respond(hostile, asked, many(2, MOST));
        respond(neighbor, asked, many(3, 2));
        respond(beyond, asked, many(4, 2));

        assertThat(passedOn()).hasSize(MOST + 4).containsAll(many(3, 2)).containsAll(many(4, 2));
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.TOO_MANY_LOCATORS, 1));
    }

    /** With addresses of its own for each response, a host can use up the share of its link only. */
    @Test
    void aLinkLeavesRoomForOthers() {
        Discovery asked = relay();
        List<ScriptedPeer> many = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            ScriptedPeer each = newPeer("host" + i);
            network.connect(each.node, network.links().get(0));
            many.add(each);
        }
        moment();
        for (int i = 0; i < many.size(); i++) {
            respond(many.get(i), asked, List.of(at("5::" + Integer.toHexString(i + 1))));
        }
        respond(beyond, asked, many(4, PART));
        assertThat(passedOn()).hasSize(MOST + 2 * PART).containsAll(many(4, PART));
    }

    /** One host may attack on a link and, from networks beyond the links, on none of them. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoLinksLeaveRoomForAThird(boolean relayed) {
        Discovery asked = relayed ? relay() : discover();
        List<ScriptedPeer> attacking = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            ScriptedPeer each = newPeer("host" + i);
            network.connect(each.node, network.links().get(0));
            attacking.add(each);
        }
        for (int i = 0; i < 5; i++) {
            SimNode router = newPeer("router" + i).node;
            network.connect(router, network.links().get(0));
            ScriptedPeer distant = newPeer("distant" + i);
            link("distant" + i, router, distant.node);
            attacking.add(distant);
        }
        moment();
        for (int i = 0; i < attacking.size(); i++) {
            respond(attacking.get(i), asked, many(10 + i, i < 24 ? 2 : MOST));
        }
        respond(beyond, asked, many(4, PART));
        assertThat(relayed ? passedOn() : found()).containsAll(many(4, PART)).hasSizeLessThanOrEqualTo(2 * MOST);
        if (!relayed) {
            end();
        }
    }

    /** No other node can answer, so nothing is reserved. */
    @Test
    void theOnlyPeerThatIsAskedGetsHalf() {
        GraspEngine engine = start(EngineConfig.DEFAULTS, node, observed);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.discoverAt(EX3, here(beyond.node), Duration.ofSeconds(2), finding));
        moment();
        ScriptedPeer.Wire wire = beyond.accepted.get(0);
        Discovery asked = (Discovery) wire.received.get(0);
        List<GraspOption> options = many(1, MOST).stream()
                .<GraspOption>map(GraspOption.LocatorOption::new)
                .toList();
        wire.send(new Response(asked.session(), asked.initiator(), 60_000, options, null));
        moment();
        assertThat(found()).hasSize(MOST);
        wire.close();
        end();
    }

    /** What is not reported, or not passed on, is not cached either. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void locatorsBeyondTheShareAreNotCached(boolean relayed) {
        GraspEngine engine = start(EngineConfig.DEFAULTS, node, observed);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        if (relayed) {
            asking.multicast(new Discovery(new SessionId(4711), addressOf(asking), EX3.withLoopCount(60)));
        } else {
            loop.run(() -> asa.discover(EX3, Duration.ofSeconds(2), new Finding()));
        }
        moment();
        respond(hostile, (Discovery) hostile.multicasts.get(0), many(1, MOST - 3));
        respond(hostile, (Discovery) hostile.multicasts.get(0), many(2, MOST));
        loop.run(() -> asa.discoverKnown(EX3, finding));
        assertThat(found()).hasSize(MOST).containsAll(many(1, MOST - 3)).containsAll(many(2, 3));
        loop.advance(Duration.ofSeconds(6));
    }

    /** As many as there is room for; an option that was passed on before counts once. */
    @Test
    void aResponseWithMoreLocatorsIsPassedOnInPart() {
        Discovery asked = relay();
        respond(hostile, asked, many(1, MOST - 2));
        respond(hostile, asked, many(1, MOST + 6));
        assertThat(passedOn()).containsOnlyElementsOf(many(1, MOST));
        respond(neighbor, asked, many(3, MOST));
        assertThat(passedOn()).endsWith(many(3, PART / 2).toArray(Locator[]::new));
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.TOO_MANY_LOCATORS, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void evenWithASmallBoundASecondResponderIsHeard(int bound) {
        GraspEngine engine =
                start(EngineConfig.DEFAULTS.withLimits(Limits.DEFAULTS.withLocators(bound)), node, observed);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(2), finding));
        moment();
        Discovery asked = (Discovery) hostile.multicasts.get(0);
        respond(hostile, asked, many(1, 5));
        respond(neighbor, asked, many(3, 5));
        assertThat(found()).hasSize(bound == 1 ? 2 : 3).contains(at("1::1"), at("3::1"));
        end();
    }

    /** Known locators do not keep new ones from the ASA. */
    @Test
    void aFullCacheLeavesRoomForAnswers() {
        GraspEngine engine = start(EngineConfig.DEFAULTS, node, observed);
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
        moment();
        respond(hostile, (Discovery) hostile.multicasts.get(0), many(1, MOST));
        loop.advance(Duration.ofSeconds(1));

        finding.found.clear();
        loop.run(() -> asa.discover(EX3, Duration.ofSeconds(1), finding));
        moment();
        assertThat(found()).containsAll(many(1, MOST));
        respond(neighbor, (Discovery) hostile.multicasts.get(1), many(3, 2));
        assertThat(found()).hasSize(MOST + 2).containsAll(many(3, 2));
        end();
    }
}
