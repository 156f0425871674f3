package io.grasp.substrate.netty;

import io.grasp.security.TestMember;
import io.grasp.security.TestPeer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/** A member that opens a connection and then sends what a test wants, on a thread of the test. */
final class RawMember implements AutoCloseable {
    private static final byte INITIATOR = 0;
    private static final int DATA = 0;
    private static final int MESSAGE = 3;
    private static final int GOAWAY = 5;
    private static final int OPEN = 1;
    private static final int DONE = 1;
    private static final int END = 2;
    /** The kind of the link message. */
    private static final byte FLAGS = 2;

    private static final String MUX = "io.grasp.mux/1";

    private final SSLSocket socket;
    /** Below it: JSSE leaves this open if its last message cannot be sent. */
    private final Socket plain;

    private RawMember(SSLSocket socket, Socket plain) {
        this.socket = socket;
        this.plain = plain;
    }

    /** Does the handshake. */
    static RawMember connect(TestMember member, int port) {
        return connect(member, port, MUX, () -> {});
    }

    /**
     * Does the handshake.
     *
     * @param protocol the name of the protocol above TLS
     * @param beforeFinished called within the handshake, when the other side has shown its certificate
     */
    static RawMember connect(TestMember member, int port, String protocol, Runnable beforeFinished) {
        return connect(member, new InetSocketAddress(OverlayNode.HOST, port), protocol, beforeFinished);
    }

    /** As the method above, with an address. */
    static RawMember connect(TestMember member, InetSocketAddress to, String protocol, Runnable beforeFinished) {
        Socket plain = new Socket();
        try {
            plain.connect(to);
            SSLSocket socket = TestPeer.with(member).onCheck(beforeFinished).over(plain, protocol);
            return new RawMember(socket, plain);
        } catch (IOException e) {
            try {
                plain.close();
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw new IllegalStateException(e);
        }
    }

    /** Sends the preface and a hello with a new instance ID. */
    RawMember hello(int port, boolean wantsLink) throws IOException {
        return hello(newInstance(), port, wantsLink);
    }

    /** {@return a new instance ID} */
    static byte[] newInstance() {
        byte[] instance = new byte[16];
        new SecureRandom().nextBytes(instance);
        return instance;
    }

    /** {@return the instance ID that consists of one byte, 16 times} */
    static byte[] instance(int each) {
        byte[] instance = new byte[16];
        Arrays.fill(instance, (byte) each);
        return instance;
    }

    /** Sends the preface, a hello, and whether it wants a link. */
    RawMember hello(byte[] instance, int port, boolean wantsLink) throws IOException {
        write(concat(prefaceAndHello(instance, port), frame(MESSAGE, END, 0, FLAGS, (byte) (wantsLink ? 1 : 0))));
        return this;
    }

    /** Sends the preface and a hello, as a node that has not decided to use the connection. */
    RawMember onlyHello(byte[] instance, int port) throws IOException {
        write(prefaceAndHello(instance, port));
        return this;
    }

    private static byte[] prefaceAndHello(byte[] instance, int port) {
        byte[] preface = ByteBuffer.allocate(24)
                .put("GRASPMUX".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put(INITIATOR)
                .putShort((short) 0)
                .putInt(16_384)
                .putInt(256)
                .putInt(65_536)
                .array();
        return concat(preface, frame(MESSAGE, END, 0, helloMessage(instance, port)));
    }

    /** Sends a hello, and whether it wants a link, on a connection without streams. */
    RawMember framedHello(int port, boolean wantsLink) throws IOException {
        byte[] hello = helloMessage(newInstance(), port);
        write(ByteBuffer.allocate(4 + hello.length + 4 + 2)
                .putInt(hello.length)
                .put(hello)
                .putInt(2)
                .put(FLAGS)
                .put((byte) (wantsLink ? 1 : 0))
                .array());
        return this;
    }

    private static byte[] helloMessage(byte[] instance, int port) {
        return ByteBuffer.allocate(20)
                .put((byte) 0)
                .put((byte) 1)
                .put(instance)
                .putShort((short) port)
                .array();
    }

    private static byte[] concat(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }

    /** Sends a link message many times, at once. */
    void messages(int times, byte... message) throws IOException {
        messages(times, 8, message);
    }

    /** Sends a link message many times, at once, on a connection without streams. */
    void framedMessages(int times, byte... message) throws IOException {
        messages(times, 4, message);
    }

    /** @param head how many bytes precede each message: 8 with streams, 4 without */
    private void messages(int times, int head, byte... message) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(times * (head + message.length));
        for (int i = 0; i < times; i++) {
            if (head == 8) {
                all.put((byte) MESSAGE)
                        .put((byte) END)
                        .putShort((short) message.length)
                        .putInt(0);
            } else {
                all.putInt(message.length);
            }
            all.put(message);
        }
        write(all.array());
    }

    /** Opens a stream and sends bytes on it. */
    void stream(int number, byte... bytes) throws IOException {
        write(frame(DATA, OPEN, number, bytes));
    }

    private static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putShort((short) payload.length)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Updates its keys (TLS 1.3), and asks the other side to do so too. */
    void updateKeys() throws IOException {
        socket.startHandshake();
    }

    /** Waits for the first bytes of the other side. */
    void awaitAnswer() throws IOException {
        socket.setSoTimeout(20_000);
        if (socket.getInputStream().read() < 0) {
            throw new IOException("the other side has closed the connection");
        }
    }

    /** Waits until the other side asks for another connection. */
    void awaitRenewal() throws IOException {
        awaitMessage((byte) 4);
    }

    /** Waits until the other side sends a link message. */
    void awaitMessage(byte... message) throws IOException {
        byte[] frame = ByteBuffer.allocate(8 + message.length)
                .put((byte) MESSAGE)
                .put((byte) END)
                .putShort((short) message.length)
                .putInt(0)
                .put(message)
                .array();
        await(frame);
    }

    /** Waits until the other side has closed its direction, if this side has opened no stream. */
    void awaitGoAway() throws IOException {
        await(ByteBuffer.allocate(16)
                .put((byte) GOAWAY)
                .put((byte) DONE)
                .putShort((short) 8)
                .array());
    }

    private void await(byte... frame) throws IOException {
        byte[] last = new byte[frame.length];
        socket.setSoTimeout(10_000);
        while (!Arrays.equals(last, frame)) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("the other side has closed the connection");
            }
            System.arraycopy(last, 1, last, 0, last.length - 1);
            last[last.length - 1] = (byte) next;
        }
    }

    /** {@return whether the other side ends the connection within a time, whatever it sends before} */
    boolean isEndedWithin(int millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        byte[] buffer = new byte[1000];
        try {
            InputStream in = socket.getInputStream();
            while (true) {
                socket.setSoTimeout((int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
                if (in.read(buffer) < 0) {
                    return true;
                }
            }
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        try {
            socket.close();
        } finally {
            plain.close();
        }
    }
}
