package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.grasp.Proves;
import io.grasp.engine.extension.ExtensionHandler;
import io.grasp.engine.extension.ReceivedExtension;
import io.grasp.engine.negotiation.RawEvents;
import io.grasp.engine.negotiation.RawSession;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.ExtensionCodec;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import io.grasp.wire.Synch;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Further messages of a peer on the connection of a discovery, and when that connection is closed. */
class DiscoveryConnectionTest extends TwoLinkFixture {
    private static final Objective FAR = Objective.discoverable("EX5");
    private static final SessionId RELAYED = new SessionId(1);
    private static final SessionId SECOND = new SessionId(2);
    private static final SessionId THIRD = new SessionId(3);
    private static final int EXTENSION = 200;
    /** Longer than a relay waits for responses. */
    private static final Duration RELAY_ENDED = Duration.ofSeconds(1);

    private ScriptedPeer.Wire wire;

    @BeforeEach
    void connect() {
        listen();
        wire = peer.connect(node);
        moment();
    }

    private InetAddress initiator() {
        return peer.node.addresses().get(0);
    }

    private void send(GraspMessage message) {
        wire.send(message);
        moment();
    }

    private Discovery far() {
        return new Discovery(RELAYED, initiator(), FAR);
    }

    private Discovery near(SessionId id) {
        return new Discovery(id, initiator(), EX3);
    }

    private RequestNegotiation request(SessionId id) {
        return new RequestNegotiation(id, EX3.withValue(1));
    }

    private Response farResponse() {
        return response(RELAYED, beyond.node);
    }

    private Response response(SessionId id, SimNode at) {
        return new Response(id, initiator(), 60_000, List.of(new GraspOption.LocatorOption(here(at).locator())), null);
    }

    private Response nearResponse(SessionId id) {
        return response(id, node);
    }

    /** {@return the drops, except those of relayed discoveries that the node receives back} */
    private Map<DropReason, Integer> dropped() {
        drops.remove(DropReason.OWN);
        return drops;
    }

    private void respondFromBeyond() {
        beyond.reply(farResponse());
        moment();
    }

    private static byte[] joined(GraspMessage... messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (GraspMessage message : messages) {
            all.writeBytes(MessageEncoder.encode(message));
        }
        return all.toByteArray();
    }

    // A session takes over the connection

    @Test
    void aNegotiationAfterARelayedDiscoveryContinuesWhenTheRelayEnds() {
        send(far());
        send(request(SECOND));
        respondFromBeyond();
        assertThat(wire.received).as("it may still be answered").containsExactly(farResponse());
        loop.run(() -> requests.get(0).step(ObjectiveValue.of(5), TIMEOUT));
        loop.advance(RELAY_ENDED);
        assertThat(wire.inputEnded).isFalse();
        Negotiate offer = (Negotiate) wire.received.get(1);

        send(new Negotiate(
                SECOND,
                offer.objective()
                        .withLoopCount(offer.objective().loopCount() - 1)
                        .withValue(2)));
        assertThat(events.offers).hasSize(1);
        loop.run(() -> requests.get(0).accept());
        moment();
        assertThat(wire.received).endsWith(new End(SECOND, new GraspOption.Accept()));
        assertThat(events.failure).isNull();
        assertThat(dropped()).isEmpty();
    }

    @Test
    void aNegotiationThatWaitsForItsAsaContinuesWhenTheRelayEnds() {
        send(far());
        send(request(SECOND));
        loop.advance(Duration.ofSeconds(10));
        assertThat(wire.inputEnded).isFalse();
        loop.run(() -> requests.get(0).accept());
        moment();
        assertThat(wire.received).containsExactly(new End(SECOND, new GraspOption.Accept()));
        assertThat(dropped()).isEmpty();
    }

    @Test
    void aNegotiationAfterTwoKindsOfDiscoveriesContinues() {
        wire.send(joined(far(), near(SECOND), request(THIRD)));
        loop.advance(RELAY_ENDED);
        assertThat(wire.received).containsExactly(nearResponse(SECOND));
        assertThat(wire.inputEnded).isFalse();
        loop.run(() -> requests.get(0).accept());
        moment();
        assertThat(wire.received).endsWith(new End(THIRD, new GraspOption.Accept()));
        assertThat(wire.inputEnded).as("like every ended negotiation").isTrue();
    }

    @Test
    void aRawChannelAfterARelayedDiscoveryCarriesItsItemsAlone() {
        List<ObjectiveValue> items = new ArrayList<>();
        List<String> ends = new ArrayList<>();
        send(far());
        send(request(SECOND));
        RawSession raw = loop.call(() -> requests.get(0).raw(new RawEvents() {
            @Override
            public void opened() {}

            @Override
            public void received(ObjectiveValue item) {
                items.add(item);
            }

            @Override
            public void completed() {
                ends.add("completed");
            }

            @Override
            public void failed(GraspException failure) {
                ends.add(failure.code().rfcName());
            }
        }));
        loop.run(() -> raw.request(Long.MAX_VALUE));
        respondFromBeyond();
        assertThat(wire.received)
                .as("the peer would read a response as an item")
                .isEmpty();
        assertThat(dropped()).containsExactly(entry(DropReason.NO_SESSION, 1));

        loop.advance(RELAY_ENDED);
        wire.send(new byte[] {7});
        moment();
        assertThat(items).containsExactly(ObjectiveValue.of(7));
        assertThat(ends).isEmpty();
        loop.run(raw::close);
    }

    @Test
    void anExtensionCanAnswerAfterTheRelayHasEnded() {
        List<ReceivedExtension> messages = new ArrayList<>();
        Cancellable handling = loop.call(() -> asa.onMessages(EXTENSION, new ExtensionHandler<>() {
            @Override
            public boolean received(ReceivedExtension message) {
                return messages.add(message);
            }

            @Override
            public void stopped() {}
        }));
        send(far());
        send(ExtensionCodec.write(new ExtensionMessage(EXTENSION, SECOND, null, List.of())));
        loop.advance(RELAY_ENDED);
        assertThat(wire.inputEnded).isFalse();
        loop.run(() -> messages.get(0)
                .reply(
                        new ExtensionMessage(EXTENSION, SECOND, null, List.of()),
                        failure -> assertThat(failure).isNull()));
        moment();
        assertThat(wire.received).extracting(GraspMessage::session).containsExactly(SECOND);
        loop.run(handling::cancel);
        loop.advance(TIMEOUT);
        assertThat(wire.inputEnded)
                .as("the bound on connections without a session")
                .isTrue();
    }

    // Several discoveries on one connection

    @Test
    @Proves("8990-2.8.5-5")
    void aLocalAnswerKeepsTheConnectionOpenForARelayedDiscovery() {
        send(far());
        send(near(SECOND));
        respondFromBeyond();
        assertThat(wire.received).containsExactly(nearResponse(SECOND), farResponse());
        assertThat(wire.inputEnded).isFalse();
        loop.advance(RELAY_ENDED);
        assertThat(wire.inputEnded).isTrue();
        assertThat(engine.load().channels()).isZero();
        assertThat(dropped()).isEmpty();
    }

    @Test
    void aSynchronizationKeepsTheConnectionOpenForARelayedDiscovery() {
        loop.run(() -> asa.listenSynchronize(EX2, () -> {}).update(ObjectiveValue.of("v")));
        send(far());
        send(new RequestSynchronization(SECOND, EX2));
        respondFromBeyond();
        assertThat(wire.received).extracting(GraspMessage::session).containsExactly(SECOND, RELAYED);
        assertThat(wire.received.get(0)).isInstanceOf(Synch.class);
        assertThat(wire.inputEnded).isFalse();
        loop.advance(RELAY_ENDED);
        assertThat(wire.inputEnded).isTrue();
        assertThat(dropped()).isEmpty();
    }

    @Test
    void aResponseToThisNodeKeepsTheConnectionOpenForARelayedDiscovery() {
        Finding finding = new Finding();
        Cancellable discovery = loop.call(() -> asa.discover(Objective.discoverable("EX7"), TIMEOUT, finding));
        moment();
        Discovery asked = (Discovery) ScriptedPeer.decode(peer.heard.get(0));
        send(far());
        send(new Response(
                asked.session(),
                asked.initiator(),
                60_000,
                List.of(new GraspOption.LocatorOption(here(peer.node).locator())),
                null));
        assertThat(finding.found).hasSize(1);
        respondFromBeyond();
        assertThat(wire.received).containsExactly(farResponse());
        loop.advance(RELAY_ENDED);
        assertThat(wire.inputEnded).isTrue();
        loop.run(discovery::cancel);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void requestsSentBackToBackAreAllServed(boolean inOneChunk) {
        if (inOneChunk) {
            wire.send(joined(near(RELAYED), near(SECOND), request(THIRD)));
        } else {
            wire.send(near(RELAYED));
            wire.send(near(SECOND));
            wire.send(request(THIRD));
        }
        moment();
        assertThat(wire.received).containsExactly(nearResponse(RELAYED), nearResponse(SECOND));
        assertThat(requests).hasSize(1);
        assertThat(wire.inputEnded).isFalse();
        assertThat(dropped()).isEmpty();
        loop.run(() -> requests.get(0).accept());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Proves("8990-2.8.5-5")
    void theLastOfSeveralAnswersClosesTheConnection(boolean inOneChunk) {
        if (inOneChunk) {
            wire.send(joined(near(RELAYED), near(SECOND)));
        } else {
            wire.send(near(RELAYED));
            wire.send(near(SECOND));
        }
        moment();
        assertThat(wire.received).containsExactly(nearResponse(RELAYED), nearResponse(SECOND));
        assertThat(wire.inputEnded).isTrue();
        assertThat(engine.load().channels()).isZero();
    }

    @Test
    @Proves("8990-2.8.5-5")
    void anIncompleteMessageKeepsTheConnectionOpenUntilItIsComplete() {
        byte[] both = joined(near(RELAYED), new Noop());
        wire.send(Arrays.copyOf(both, both.length - 1));
        moment();
        assertThat(wire.received).hasSize(1);
        assertThat(wire.inputEnded).isFalse();
        wire.send(new byte[] {both[both.length - 1]});
        moment();
        assertThat(drops).containsOnlyKeys(DropReason.NOOP);
        assertThat(wire.inputEnded).as("no discovery is pending").isTrue();
    }

    @Test
    void aMessageThatStaysIncompleteClosesTheConnectionAfterTheFirstMessageTimeout() {
        byte[] both = joined(near(RELAYED), request(SECOND));
        wire.send(Arrays.copyOf(both, both.length - 1));
        loop.advance(TIMEOUT);
        assertThat(wire.inputEnded).isTrue();
        assertThat(engine.load().channels()).isZero();
    }

    // Responses that can no longer be sent are counted

    @Test
    void aResponseForAClosedConnectionIsCountedAsDropped() {
        send(far());
        send(new RequestNegotiation(SECOND, Objective.negotiable("EX9").withValue(1)));
        assertThat(wire.inputEnded).as("RFC 8990 section 2.8.6: at once").isTrue();
        drops.clear();
        sent.clear();
        respondFromBeyond();
        assertThat(dropped()).containsExactly(entry(DropReason.NO_SESSION, 1));
        assertThat(sent).isEmpty();
    }

    @Test
    void messagesAfterTheOneThatClosesTheConnectionAreCountedAsDropped() {
        wire.send(joined(
                new RequestNegotiation(RELAYED, Objective.negotiable("EX9").withValue(1)),
                near(SECOND),
                request(THIRD)));
        moment();
        assertThat(drops).containsEntry(DropReason.NOT_LISTENING, 1).containsEntry(DropReason.NO_SESSION, 2);
    }

    @Test
    void theConnectionIsClosedWhenTheLinkOfTheRelayedDiscoveryGoesDown() {
        network.link("third", LinkKind.DATAGRAM, Duration.ofMillis(1), node, peer.node);
        int index = engine.links().stream()
                .filter(each -> each.name().equals(lan.name()))
                .findFirst()
                .orElseThrow()
                .index();
        node.addAddress(new NodeAddress(UnusableLocators.address("fd0a::1"), index, 64, false, false));
        peer.node.renumber(peer.node.addresses().get(0), UnusableLocators.address("fd0a::2"));
        wire = peer.connect(node);
        moment();
        send(far());
        assertThat(beyond.heard).hasSize(1);
        lan.down();
        moment();
        assertThat(wire.failure).as("the connection is still used").isNull();
        assertThat(wire.inputEnded).as("no response is passed on any more").isTrue();
    }
}
