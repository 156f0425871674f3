package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.engine.ScriptedPeer;
import io.grasp.wire.Flood;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A node's messages as received by a program that does not use this project. */
class NettyGraspTest extends NettyTest {
    /** The other end does not use this project's code, only the RFC's numbers. */
    @Test
    @Proves("8990-2.8.11-2")
    void aFloodGoesToTheRegisteredGroupAndPort() throws Exception {
        Asa source = GraspContractTest.asa(world, world.start(), "source", GraspContractTest.SYNCHRONIZED);
        try (MulticastSocket socket = new MulticastSocket(7017)) {
            socket.joinGroup(
                    new InetSocketAddress(InetAddress.getByName("ff02::13"), 0),
                    NetworkInterface.getByName(NettyWorld.LINK));
            socket.setSoTimeout(20_000);
            world.await(source.flood(GraspContractTest.SYNCHRONIZED.withValue("v"), GraspContractTest.TTL));
            DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
            socket.receive(packet);

            Flood flood = (Flood) ScriptedPeer.decode(Arrays.copyOf(packet.getData(), packet.getLength()));
            assertThat(flood.objectives())
                    .singleElement()
                    .satisfies(sent -> assertThat(sent.objective().value()).hasToString("\"v\""));
        }
    }
}
