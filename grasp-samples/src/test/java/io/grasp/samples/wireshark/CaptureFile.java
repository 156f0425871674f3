package io.grasp.samples.wireshark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes a capture of IPv6 packets, one each millisecond, in the format of libpcap. */
final class CaptureFile {
    /** LINKTYPE_RAW: packets begin with the IP header. */
    private static final int LINK_TYPE = 101;

    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int PSH = 8;
    private static final int FIN = 1;
    private static final int FIRST_SECOND = 1_700_000_000;

    private final List<byte[]> packets = new ArrayList<>();

    /** An address and a port. */
    record Endpoint(String address, int port) {
        byte[] bytes() {
            try {
                return InetAddress.getByName(address).getAddress();
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(address, e);
            }
        }
    }

    /** {@return the number of the last packet} */
    int frames() {
        return packets.size();
    }

    /** Adds a datagram, and returns its number. */
    int datagram(Endpoint from, Endpoint to, byte[] payload) {
        ByteBuffer datagram = ByteBuffer.allocate(8 + payload.length)
                .putShort((short) from.port())
                .putShort((short) to.port())
                .putShort((short) (8 + payload.length))
                .putShort((short) 0)
                .put(payload);
        return packet(from, to, UDP, datagram, 6);
    }

    /** Adds the handshake of a connection. */
    Connection connect(Endpoint client, Endpoint server) {
        return new Connection(client, server);
    }

    private int packet(Endpoint from, Endpoint to, int protocol, ByteBuffer content, int checksumAt) {
        byte[] bytes = content.array();
        content.putShort(checksumAt, checksum(from, to, protocol, bytes));
        packets.add(ByteBuffer.allocate(40 + bytes.length)
                .putInt(6 << 28)
                .putShort((short) bytes.length)
                .put((byte) protocol)
                .put((byte) 64)
                .put(from.bytes())
                .put(to.bytes())
                .put(bytes)
                .array());
        return packets.size();
    }

    private static short checksum(Endpoint from, Endpoint to, int protocol, byte[] content) {
        ByteBuffer all = ByteBuffer.allocate(40 + content.length + content.length % 2)
                .put(from.bytes())
                .put(to.bytes())
                .putInt(content.length)
                .putInt(protocol)
                .put(content)
                .rewind();
        long sum = 0;
        while (all.hasRemaining()) {
            sum += Short.toUnsignedInt(all.getShort());
        }
        while (sum > 0xFFFF) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (short) (sum == 0xFFFF ? sum : ~sum);
    }

    /** Writes the file. */
    Path write(Path file) {
        int size = packets.stream().mapToInt(packet -> 16 + packet.length).sum();
        ByteBuffer out = ByteBuffer.allocate(24 + size).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0xA1B2C3D4).putShort((short) 2).putShort((short) 4).putLong(0);
        out.putInt(65535).putInt(LINK_TYPE);
        for (int i = 0; i < packets.size(); i++) {
            byte[] packet = packets.get(i);
            out.putInt(FIRST_SECOND + i / 1000).putInt(i % 1000 * 1000);
            out.putInt(packet.length).putInt(packet.length).put(packet);
        }
        try {
            return Files.write(file, out.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A TCP connection. */
    final class Connection {
        private final Endpoint client;
        final Endpoint server;
        private int fromClient = 1000 * packets.size() + 1000;
        private int fromServer = 1000 * packets.size() + 5000;

        private Connection(Endpoint client, Endpoint server) {
            this.client = client;
            this.server = server;
            segment(true, SYN, new byte[0]);
            segment(false, SYN | ACK, new byte[0]);
            segment(true, ACK, new byte[0]);
        }

        /** Adds a segment of the client, and returns its number. */
        int send(byte[] payload) {
            return segment(true, PSH | ACK, payload);
        }

        /** Adds a segment of the server, and returns its number. */
        int answer(byte[] payload) {
            return segment(false, PSH | ACK, payload);
        }

        /** Adds the client's FIN. */
        void end() {
            segment(true, FIN | ACK, new byte[0]);
        }

        private int segment(boolean byClient, int flags, byte[] payload) {
            Endpoint from = byClient ? client : server;
            Endpoint to = byClient ? server : client;
            ByteBuffer segment = ByteBuffer.allocate(20 + payload.length)
                    .putShort((short) from.port())
                    .putShort((short) to.port())
                    .putInt(byClient ? fromClient : fromServer)
                    .putInt((flags & ACK) == 0 ? 0 : byClient ? fromServer : fromClient)
                    .put((byte) (5 << 4))
                    .put((byte) flags)
                    .putShort((short) 0xFFFF)
                    .putInt(0)
                    .put(payload);
            int next = payload.length + ((flags & (SYN | FIN)) == 0 ? 0 : 1);
            if (byClient) {
                fromClient += next;
            } else {
                fromServer += next;
            }
            return packet(from, to, TCP, segment, 16);
        }
    }
}
