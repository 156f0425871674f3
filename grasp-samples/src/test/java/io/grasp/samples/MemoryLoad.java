package io.grasp.samples;

import io.grasp.cbor.CborLimits;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Response;
import io.grasp.wire.Wait;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that sends a node everything that takes memory there, from all addresses of its link: floods, discoveries,
 * responses to those that the node relays, connections without a whole message, negotiations that wait, and requests
 * whose answers are not read.
 */
final class MemoryLoad {
    private static final int GRASP_PORT = 7017;
    private static final long ROUND_NANOS = 20_000_000;
    private static final int FLOODS = 10;
    private static final int DISCOVERIES = 4;
    private static final int HELD = 400;
    /** The rounds in which one connection with unread answers is opened. */
    private static final int UNREAD_EVERY = 10;

    private static final int UNREAD_REQUESTS = 2000;
    /** Five minutes. */
    private static final int ROUNDS = 15_000;

    private static final int LONG_TEXT = 700;
    private static final long LONGEST_WAIT = 0xFFFF_FFFFL;
    private static final long TTL = 600_000;

    private final Random random = new Random(1);
    private final NetworkInterface link;
    private final InetSocketAddress victim;
    private final List<DatagramChannel> senders = new ArrayList<>();
    private final List<InetAddress> addresses;
    private final InetSocketAddress group;
    private final Deque<SocketChannel> silent = new ArrayDeque<>();
    private final Deque<SocketChannel> waiting = new ArrayDeque<>();
    private final Deque<SocketChannel> unread = new ArrayDeque<>();
    private final List<String> objectives;
    private long sent;

    private MemoryLoad(String link, String victim, int port, List<String> objectives) throws IOException {
        this.link = NetworkInterface.getByName(link);
        this.victim = new InetSocketAddress(InetAddress.getByName(victim + "%" + link), port);
        this.group = new InetSocketAddress(InetAddress.getByName("ff02::13%" + link), GRASP_PORT);
        this.objectives = objectives;
        this.addresses = Collections.list(this.link.getInetAddresses()).stream()
                .filter(InetAddress::isLinkLocalAddress)
                .toList();
        for (InetAddress address : addresses) {
            DatagramChannel sender = DatagramChannel.open();
            sender.bind(new InetSocketAddress(address, 0));
            sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, this.link);
            senders.add(sender);
        }
    }

    /** {@code LINK VICTIM PORT [OBJECTIVE...]}: the only objectives to name, otherwise random ones. */
    public static void main(String[] args) throws IOException {
        MemoryLoad load = new MemoryLoad(
                args[0], args[1], Integer.parseInt(args[2]), List.of(args).subList(3, args.length));
        Thread responder = new Thread(load::respond, "responder");
        responder.setDaemon(true);
        responder.start();
        long next = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
            load.round();
            if (round % UNREAD_EVERY == 0 && load.objectives.isEmpty()) {
                load.hold(load.unread, load.requests());
            }
            if (round % 50 == 0) {
                System.out.println("sent " + load.sent + " silent " + load.silent.size() + " waiting "
                        + load.waiting.size() + " unread " + load.unread.size());
            }
            next += ROUND_NANOS;
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private void round() throws IOException {
        for (int i = 0; i < FLOODS; i++) {
            TaggedObjective flooded = new TaggedObjective(
                    Objective.synchronizable(name())
                            .withLoopCount(objectives.isEmpty() ? 255 : 1)
                            .withValue("v".repeat(random.nextInt(LONG_TEXT / 3))),
                    objectives.isEmpty() ? locator() : null);
            multicast(new Flood(id(), initiator(), TTL, List.of(flooded)));
        }
        for (int i = 0; i < DISCOVERIES; i++) {
            multicast(new Discovery(
                    id(), initiator(), Objective.discoverable(name()).withLoopCount(objectives.isEmpty() ? 255 : 1)));
        }
        byte[] part = MessageEncoder.encode(request());
        hold(silent, noops(), Arrays.copyOf(part, part.length - 1));
        RequestNegotiation request = request();
        Wait wait = new Wait(request.session(), LONGEST_WAIT);
        hold(waiting, MessageEncoder.encode(request), MessageEncoder.encode(wait));
    }

    private static byte[] noops() {
        byte[] noop = MessageEncoder.encode(new Noop());
        byte[] all = new byte[noop.length * (3000 / noop.length)];
        for (int i = 0; i < all.length; i += noop.length) {
            System.arraycopy(noop, 0, all, i, noop.length);
        }
        return all;
    }

    /** {@return many requests at once, after one whose answers keep the connection open} */
    private byte[] requests() throws IOException {
        Objective unknown = Objective.discoverable(name()).withLoopCount(255);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(MessageEncoder.encode(new Discovery(id(), initiator(), unknown)));
        for (int i = 0; i < UNREAD_REQUESTS; i++) {
            all.writeBytes(MessageEncoder.encode(new Discovery(id(), initiator(), Objective.negotiable("EX3"))));
        }
        return all.toByteArray();
    }

    private RequestNegotiation request() {
        Objective ex3 = Objective.negotiable("EX3").withValue(List.of("NZD", random.nextInt(100)));
        return new RequestNegotiation(id(), ex3, List.of());
    }

    private String name() {
        return objectives.isEmpty()
                ? random.nextInt() + "n".repeat(random.nextInt(LONG_TEXT))
                : objectives.get(random.nextInt(objectives.size()));
    }

    private SessionId id() {
        return new SessionId(random.nextInt() & 0xFFFF_FFFFL);
    }

    private InetAddress initiator() throws IOException {
        return objectives.isEmpty() ? unique(0xfd00L << 48) : unique(0xfe80L << 48);
    }

    private InetAddress unique(long prefix) throws IOException {
        return InetAddress.getByAddress(ByteBuffer.allocate(16)
                .putLong(prefix)
                .putLong(random.nextLong())
                .array());
    }

    private Locator locator() throws IOException {
        return new Locator.Ipv6((Inet6Address) unique(0xfd01L << 48), Locator.TCP, 1 + random.nextInt(60_000));
    }

    private void multicast(GraspMessage message) {
        try {
            senders.get(random.nextInt(senders.size())).send(ByteBuffer.wrap(MessageEncoder.encode(message)), group);
            sent++;
        } catch (IOException e) {
            System.out.println(e);
        }
    }

    /** Opens a connection, from one of the addresses, instead of the oldest one. */
    private void hold(Deque<SocketChannel> held, byte[]... messages) {
        try {
            if (held.size() == HELD) {
                held.removeFirst().close();
            }
            SocketChannel connection = SocketChannel.open();
            connection.bind(new InetSocketAddress(addresses.get(random.nextInt(addresses.size())), 0));
            connection.setOption(StandardSocketOptions.SO_RCVBUF, 1); // nothing is read
            held.add(connection);
            connection.socket().connect(victim, 1000);
            connection.configureBlocking(false);
            for (byte[] message : messages) {
                connection.write(ByteBuffer.wrap(message)); // as much as the victim takes
            }
            sent++;
        } catch (IOException e) {
            // the victim has refused or reset it
        }
    }

    /** Answers what the victim relays, each with many locators. */
    private void respond() {
        MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);
        try (MulticastSocket socket = new MulticastSocket(GRASP_PORT)) {
            socket.joinGroup(group, link);
            DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
            while (true) {
                socket.receive(packet);
                if (!packet.getAddress().equals(victim.getAddress())) {
                    continue;
                }
                GraspMessage message = decoder.decode(Arrays.copyOf(packet.getData(), packet.getLength()));
                if (message instanceof Discovery discovery) {
                    answer(discovery, new InetSocketAddress(packet.getAddress(), packet.getPort()));
                }
            }
        } catch (IOException | MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(Discovery discovery, InetSocketAddress to) {
        try (SocketChannel connection = SocketChannel.open()) {
            List<GraspOption> options = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                options.add(new GraspOption.LocatorOption(locator()));
            }
            connection.socket().connect(to, 1000);
            connection.write(ByteBuffer.wrap(MessageEncoder.encode(
                    new Response(discovery.session(), discovery.initiator(), TTL, options, null))));
            sent++;
        } catch (IOException e) {
            // the victim has refused or reset it
        }
    }
}
