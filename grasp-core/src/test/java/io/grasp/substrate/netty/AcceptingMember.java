package io.grasp.substrate.netty;

import io.grasp.security.TestMember;
import io.grasp.security.TestPeer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * One member, with the highest instance ID, that accepts connections at several ports. On each it says which node it
 * is, and then only reads.
 */
final class AcceptingMember implements AutoCloseable {
    private static final int HELLO_BYTES = 20;
    private static final int PREFACE_BYTES = 24;
    private static final int HEAD_BYTES = 8;
    /** The kind of the link message. */
    private static final byte FLAGS = 2;

    /** How long the first words of a node are: its preface and its hello. */
    static final int FIRST_BYTES = PREFACE_BYTES + HEAD_BYTES + HELLO_BYTES;

    private final List<SSLServerSocket> places = new ArrayList<>();
    private final List<SSLSocket> sockets = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final byte flags;
    private final int streams;
    private volatile byte[] instance = RawMember.instance(0xff);

    /** @param flags what it says after its hello: 1 = it wants a link, 2 = it accepts one */
    AcceptingMember(TestMember member, int count, int flags) throws IOException {
        this(member, count, flags, 256);
    }

    /**
     * @param flags as above
     * @param streams how many streams it takes on each connection
     */
    AcceptingMember(TestMember member, int count, int flags, int streams) throws IOException {
        this.flags = (byte) flags;
        this.streams = streams;
        TestPeer peer = TestPeer.with(member);
        for (int i = 0; i < count; i++) {
            SSLServerSocket place = peer.listen(OverlayNode.HOST, "io.grasp.mux/1");
            places.add(place);
            run(() -> accept(place));
        }
    }

    /** Says in the hello that it is another node than that with the highest instance ID. */
    AcceptingMember instance(byte[] id) {
        instance = id;
        return this;
    }

    int port(int place) {
        return places.get(place).getLocalPort();
    }

    /** {@return how many connections are open on which it has said which node it is} */
    int open() {
        return open.get();
    }

    /** {@return how many connections have ended on which it has said which node it is} */
    int ended() {
        return ended.get();
    }

    /** {@return how many connections it has ever accepted} */
    int connections() {
        return sockets.size();
    }

    private void run(Runnable task) {
        Thread thread = new Thread(task);
        threads.add(thread);
        thread.start();
    }

    private void accept(SSLServerSocket place) {
        try {
            while (true) {
                SSLSocket socket = (SSLSocket) place.accept();
                sockets.add(socket);
                run(() -> serve(socket));
            }
        } catch (IOException closed) {
            // by the test
        }
    }

    private void serve(SSLSocket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readFully(new byte[FIRST_BYTES]);
            socket.getOutputStream().write(hello(instance, flags, streams));
            socket.getOutputStream().flush();
            open.incrementAndGet();
            try {
                in.transferTo(OutputStream.nullOutputStream());
            } finally {
                open.decrementAndGet();
                ended.incrementAndGet();
            }
        } catch (IOException ended) {
            // by the node
        }
    }

    /** {@return the preface, the hello and the flags of such a member} */
    static byte[] hello(byte flags, int streams) {
        return hello(RawMember.instance(0xff), flags, streams);
    }

    private static byte[] hello(byte[] instance, byte flags, int streams) {
        return ByteBuffer.allocate(FIRST_BYTES + HEAD_BYTES + 2)
                .put("GRASPMUX".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 1) // it has accepted the connection
                .putShort((short) 0)
                .putInt(16_384)
                .putInt(streams)
                .putInt(65_536)
                .put((byte) 3) // a message, which ends in this frame
                .put((byte) 2)
                .putShort((short) HELLO_BYTES)
                .putInt(0)
                .put((byte) 0)
                .put((byte) 1)
                .put(instance)
                .putShort((short) 0)
                .put((byte) 3)
                .put((byte) 2)
                .putShort((short) 2)
                .putInt(0)
                .put(FLAGS)
                .put(flags)
                .array();
    }

    /** Says on its first connection that it is to be closed. */
    void closing() throws IOException {
        send((byte) 3);
    }

    /** Asks on its first connection for another one. */
    void renew() throws IOException {
        send((byte) 4);
    }

    private void send(byte kind) throws IOException {
        OutputStream out = sockets.get(0).getOutputStream();
        out.write(new byte[] {3, 2, 0, 1, 0, 0, 0, 0, kind});
        out.flush();
    }

    /** Resets one of its connections. */
    void reset(int connection) throws IOException {
        sockets.get(connection).setSoLinger(true, 0);
        sockets.get(connection).close();
    }

    @Override
    public void close() {
        try {
            for (SSLServerSocket each : places) {
                each.close();
            }
            for (SSLSocket each : sockets) {
                each.close();
            }
            for (Thread each : threads) {
                each.join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
