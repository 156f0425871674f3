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
        respond(beyond, asked, many(4, 8));
        assertThat(passedOn()).hasSize(3 * MOST / 2 + 8).containsAll(many(4, 8));
    }

    /** As many as there is room for; an option that was passed on before counts once. */
    @Test
    void aResponseWithMoreLocatorsIsPassedOnInPart() {
        Discovery asked = relay();
        respond(hostile, asked, many(1, MOST - 2));
        respond(hostile, asked, many(1, MOST + 6));
        assertThat(passedOn()).containsOnlyElementsOf(many(1, MOST));
        respond(neighbor, asked, many(3, MOST));
        assertThat(passedOn()).endsWith(many(3, MOST / 2).toArray(Locator[]::new));
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
