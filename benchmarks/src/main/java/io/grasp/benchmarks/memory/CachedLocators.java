package io.grasp.benchmarks.memory;

import io.grasp.config.Limits;
import io.grasp.engine.discovery.DiscoveryEvents;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Fills the discovery cache of a node: its ASA sends a discovery, and a node on the second link answers. */
public final class CachedLocators {
    private static final int SECOND = 2;
    private static final DiscoveryEvents NO_EVENTS = new DiscoveryEvents() {
        @Override
        public void found(AsaLocator locator) {}

        @Override
        public void completed() {}

        @Override
        public void failed(GraspException failure) {}
    };

    private CachedLocators() {}

    /**
     * Adds a locator of an objective to the cache.
     *
     * @param node a node with two links
     * @param name the objective
     */
    public static void add(NoOpNode node, String name) {
        Cancellable discovery = node.asa().discover(Objective.negotiable(name), Duration.ofSeconds(1), NO_EVENTS);
        node.loop().run();
        Response response = new Response(
                Objects.requireNonNull(
                        lastSent(node.substrate().links().get(SECOND - 1)).session()),
                node.substrate().nodeAddresses().get(0).address(),
                0xFFFF_FFFFL,
                List.of(new GraspOption.LocatorOption(SampleMessages.LOCATOR)),
                null);
        NoOpConnection connection = node.substrate().accept(new InetSocketAddress(responder(), 40_000));
        connection.receive(MessageEncoder.encode(response));
        connection.peerCloses();
        discovery.cancel();
        node.loop().run();
    }

    private static GraspMessage lastSent(NoOpLink link) {
        try {
            return new MessageDecoder(Limits.DEFAULTS.message()).decode(link.lastSent());
        } catch (MalformedMessageException e) {
            throw new IllegalStateException("the node has sent no GRASP message", e);
        }
    }

    private static InetAddress responder() {
        try {
            byte[] address = NoOpSubstrate.address(0xfe, 0xfffe).getAddress();
            return Inet6Address.getByAddress(null, address, SECOND);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }
}
