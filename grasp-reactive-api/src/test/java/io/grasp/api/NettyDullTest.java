package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A DULL instance on a real link, and senders with addresses that are not link-local. */
class NettyDullTest extends NettyTest {
    private static final Objective AN_ACP =
            Objective.synchronizable("AN_ACP").withLoopCount(1).withValue("");
    private static final Objective AN_PROXY =
            Objective.synchronizable("AN_Proxy").withLoopCount(1);
    private static final int WAIT_MILLIS = 20_000;

    /** Sends from an address of this host, by the link. */
    private static void send(GraspMessage message, InetAddress from, InetAddress to) throws IOException {
        byte[] bytes = MessageEncoder.encode(message);
        try (MulticastSocket socket = new MulticastSocket(new InetSocketAddress(from, 0))) {
            socket.setNetworkInterface(NetworkInterface.getByName(NettyWorld.LINK));
            socket.send(new DatagramPacket(bytes, bytes.length, to, NettyConfig.GRASP_LISTEN_PORT));
        }
    }

    /** {@return the first byte received on a connection before the node ends or resets it, if any} */
    private static byte[] say(GraspMessage message, InetAddress from, InetAddress to, int port) throws IOException {
        try (Socket socket = new Socket(to, port, from, 0)) {
            socket.setSoTimeout(WAIT_MILLIS);
            socket.getOutputStream().write(MessageEncoder.encode(message));
            socket.shutdownOutput();
            return socket.getInputStream().readNBytes(1);
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    /** The peer is on the link, but sends from an address other than its link-local one. */
    @Test
    @Proves("8990-2.5.2-11")
    void messagesFromAnAddressThatIsNotLinkLocalAreDroppedSilently() throws IOException {
        CountingObserver observer = new CountingObserver();
        Grasp dull = world.awaitOne(world.startAlone()
                .startOnSharedLoop(world.dull("AN_ACP", "AN_Proxy").withObserver(observer)));
        Asa asa = world.awaitOne(dull.registerAsa("asa"));
        world.await(asa.register(AN_PROXY, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        Collected<FloodedObjective> heard = world.collect(asa.floods("AN_ACP"));
        world.await(asa.getFlood("AN_ACP")); // returns after the loop has run, so the ASA listens
        NodeLocators.OnLink here = world.awaitOne(dull.locators()).links().get(0);
        Locator.Ipv6 place = (Locator.Ipv6) here.linkLocal();
        InetAddress group = InetAddress.getByName("ff02::13%" + NettyWorld.LINK);
        InetAddress linkLocal = Inet6Address.getByAddress(null, place.address().getAddress(), here.index());
        InetAddress elsewhere = InetAddress.getByName("fd6a:7261:7370::1");
        Flood flood = new Flood(new SessionId(1), linkLocal, 60_000, List.of(TaggedObjective.untagged(AN_ACP)));
        Response response =
                new Response(new SessionId(2), linkLocal, 60_000, List.of(new GraspOption.LocatorOption(place)), null);

        send(flood, elsewhere, group);
        send(new Discovery(new SessionId(3), linkLocal, AN_PROXY), elsewhere, group);
        send(new Discovery(new SessionId(4), linkLocal, AN_PROXY), elsewhere, linkLocal);
        assertThat(say(response, elsewhere, linkLocal, place.port()))
                .as("silence")
                .isEmpty();
        // On one host such a connection arrives at an address without a scope, which is not served.
        Map<DropReason, Integer> dropped = Map.of(DropReason.DULL_SOURCE, 3, DropReason.NOT_SERVED, 1);
        world.awaitUntil("drops", () -> observer.drops.equals(dropped));
        assertThat(heard.values()).isEmpty();
        assertThat(observer.sent).as("silence").isEmpty();
        assertThat(observer.received).isEmpty();

        send(flood, linkLocal, group);
        heard.awaitValues(1);
        assertThat(say(response, linkLocal, linkLocal, place.port())).isEmpty();
        assertThat(observer.received).isEqualTo(Map.of("M_FLOOD", 1, "M_RESPONSE", 1));
        heard.cancel();
    }
}
