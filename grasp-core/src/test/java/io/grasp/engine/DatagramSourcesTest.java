package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Noop;
import io.grasp.wire.Response;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Datagrams to a node alone, on nodes with one, two and three links. Any host that can send to the node can use a
 * source with the prefix of any link, so such a datagram is not charged to that link.
 */
class DatagramSourcesTest extends EngineFixture {
    private static final Objective FAR = Objective.discoverable("EX5").withLoopCount(6);
    private static final int ROUTABLE = Limits.DEFAULTS.routableReplies();

    private final SimNode node = network.node("engine");
    private final List<ScriptedPeer> neighbors = new ArrayList<>();
    private final RecordingObserver observed = new RecordingObserver();
    /** The answers, which are never delivered. */
    private final List<GraspMessage> answers = new ArrayList<>();

    private SubstrateListener listener;
    private GraspEngine engine;
    private long lastId;

    /** Starts a node on links with the prefixes fd10::/64, fd11::/64 and so on, with a neighbor on each. */
    private void start(int links) {
        for (int i = 0; i < links; i++) {
            neighbors.add(newPeer("neighbor" + i));
            link("link" + i, node, neighbors.get(i).node);
        }
        engine = start(EngineConfig.DEFAULTS, listened(node, started -> listener = started), observed);
        for (int i = 0; i < links; i++) {
            InetAddress address = UnusableLocators.address("fd1" + i + "::1");
            node.addAddress(new NodeAddress(address, links().get(i).index(), 64, false, false));
        }
        EngineAsa asa = loop.call(() -> engine.registerAsa("asa"));
        loop.run(() -> {
            asa.register(EX3, RegistrationOptions.DEFAULTS);
            asa.listenNegotiate(EX3, acceptor(session -> {})).request(Long.MAX_VALUE);
        });
    }

    private List<Link> links() {
        return engine.links();
    }

    private static InetAddress withPrefixOf(int link, int host) {
        return UnusableLocators.address("fd1" + link + "::" + Integer.toHexString(host));
    }

    private InetAddress linkLocal(int link, int host) {
        byte[] address =
                UnusableLocators.address("fe80::" + Integer.toHexString(host)).getAddress();
        try {
            return Inet6Address.getByAddress(null, address, links().get(link).index());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void datagram(GraspMessage message, InetAddress from) {
        ReplyPath back = new ReplyPath() {
            @Override
            public InetSocketAddress source() {
                return new InetSocketAddress(from, 4711);
            }

            @Override
            public Runnable reply(byte[] encoded, Completion sent) {
                answers.add(ScriptedPeer.decode(encoded));
                return () -> sent.done(new IOException("given up"));
            }
        };
        loop.run(() -> listener.unicastMessage(MessageEncoder.encode(message), back));
    }

    private Discovery discovery(Objective objective) {
        return new Discovery(new SessionId(++lastId), UnusableLocators.address("fd77::7"), objective);
    }

    private static boolean isAnswered(ScriptedPeer peer) {
        return peer.accepted.stream().anyMatch(wire -> !wire.received.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aForgedSourceTakesNoAnswersFromTheLinkWhosePrefixItHas(int links) {
        start(links);
        for (int i = 0; i < 300; i++) {
            datagram(discovery(EX3), withPrefixOf(links - 1, 16 + i));
        }

        assertThat(answers).hasSize(ROUTABLE);
        assertThat(observed.foreignDrops()).containsOnly(Map.entry(DropReason.ROUTABLE_REPLIES, 300 - ROUTABLE));
        assertThat(observed.droppedFrom.link()).as("no link is blamed").isEmpty();
        ScriptedPeer named = neighbors.get(links - 1);
        named.multicast(discovery(EX3));
        moment();
        assertThat(isAnswered(named)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"1, 169.254.1.1", "2, 169.254.1.1", "3, 169.254.1.1", "1, 2001:db8::1", "2, 2001:db8::1", "3, fe80::1"})
    void onlyAScopeIdentifiesTheLinkOfASource(int links, String source) {
        start(links);
        for (int i = 0; i < 100; i++) {
            datagram(discovery(EX3), UnusableLocators.address(source));
        }

        assertThat(answers).hasSize(ROUTABLE);
        datagram(new Noop(), UnusableLocators.address(source));
        assertThat(observed.drops).containsEntry(DropReason.NOOP, 1);
        assertThat(observed.droppedFrom.link()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aLinkLocalSourceIsThatOfANeighbor(int links) {
        start(links);
        for (int i = 0; i < 100; i++) {
            datagram(discovery(EX3), linkLocal(links - 1, 16 + i));
        }

        assertThat(answers).hasSize(100);
        datagram(new Noop(), linkLocal(links - 1, 16));
        assertThat(observed.droppedFrom.link()).isEqualTo("link" + (links - 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aDiscoveryFromAnUnknownLinkIsRelayedOnAllLinksIfThereAreSeveral(int links) {
        start(links);
        datagram(discovery(FAR), withPrefixOf(0, 16));
        moment();

        assertThat(neighbors).allSatisfy(neighbor -> assertThat(neighbor.heard).hasSize(links == 1 ? 0 : 1));
        assertThat(observed.foreignDrops()).isEqualTo(links == 1 ? Map.of(DropReason.NOT_SUPPORTED, 1) : Map.of());
        loop.advance(TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void relayedDiscoveriesOfForgedSourcesDoNotDelayTheLinkWhosePrefixTheyHave(int links) {
        start(links);
        for (int i = 0; i < 400; i++) {
            datagram(discovery(FAR), withPrefixOf(links - 1, 16 + i));
        }
        moment();
        neighbors.get(0).heard.clear();
        Discovery honest = discovery(Objective.discoverable("EX6").withLoopCount(6));
        neighbors.get(links - 1).multicast(honest);
        moment();

        assertThat(neighbors.get(0).heard)
                .extracting(heard -> ScriptedPeer.decode(heard).session())
                .contains(honest.session());
        loop.advance(TIMEOUT);
    }

    /** The answer goes to the source, forged or not, so it has to fit there. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anAnswerHasTheAddressOfTheLinkThatItsReceiverIsOn(int links) {
        start(links);
        for (int i = 0; i < links; i++) {
            datagram(discovery(EX3), withPrefixOf(i, 16));
            Locator own = Locator.of(withPrefixOf(i, 1), Locator.TCP, node.port());
            assertThat(answers)
                    .last()
                    .isInstanceOfSatisfying(
                            Response.class,
                            response ->
                                    assertThat(response.options()).containsExactly(new GraspOption.LocatorOption(own)));
        }
    }
}
