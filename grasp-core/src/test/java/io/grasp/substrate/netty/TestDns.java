package io.grasp.substrate.netty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A name server on the loopback interface with configured names, which does not answer for names that end in "silent".
 */
final class TestDns implements AutoCloseable {
    private static final int HEADER = 12;
    private static final short ANSWER = (short) 0x8180;
    private static final short NO_SUCH_NAME = (short) 0x8183;
    private static final short NAME_OF_QUESTION = (short) 0xC00C;
    private static final short A = 1;
    private static final short AAAA = 28;

    final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, List<InetAddress>> known = new ConcurrentHashMap<>();
    private final DatagramSocket socket;
    private final Thread thread = new Thread(this::serve, "test-dns");

    TestDns() throws SocketException {
        socket = new DatagramSocket(new InetSocketAddress("::1", 0));
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    void knows(String name, String... addresses) throws UnknownHostException {
        InetAddress[] all = new InetAddress[addresses.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = InetAddress.getByName(addresses[i]);
        }
        known.put(name, List.of(all));
    }

    private void serve() {
        DatagramPacket packet = new DatagramPacket(new byte[512], 512);
        while (!socket.isClosed()) {
            try {
                packet.setLength(512);
                socket.receive(packet);
                ByteBuffer answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                if (answer != null) {
                    socket.send(new DatagramPacket(answer.array(), answer.position(), packet.getSocketAddress()));
                }
            } catch (SocketException closed) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private ByteBuffer answer(ByteBuffer query) {
        short id = query.getShort();
        query.position(HEADER);
        StringBuilder name = new StringBuilder();
        for (int length = query.get(); length > 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            name.append(name.length() == 0 ? "" : ".").append(new String(label, US_ASCII));
        }
        short type = query.getShort();
        query.getShort();
        byte[] question = Arrays.copyOfRange(query.array(), HEADER, query.position());
        asked.add(name.toString());
        if (name.toString().endsWith("silent")) {
            return null;
        }
        List<byte[]> addresses = known.getOrDefault(name.toString(), List.of()).stream()
                .map(InetAddress::getAddress)
                .filter(address -> type == (address.length == 4 ? A : AAAA))
                .toList();
        ByteBuffer answer = ByteBuffer.allocate(512).putShort(id);
        answer.putShort(known.containsKey(name.toString()) ? ANSWER : NO_SUCH_NAME);
        answer.putShort((short) 1).putShort((short) addresses.size()).putInt(0).put(question);
        for (byte[] address : addresses) {
            answer.putShort(NAME_OF_QUESTION).putShort(type).putShort((short) 1).putInt(60);
            answer.putShort((short) address.length).put(address);
        }
        return answer;
    }

    @Override
    public void close() {
        socket.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
