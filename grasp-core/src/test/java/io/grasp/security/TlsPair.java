package io.grasp.security;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Two TLS engines that are connected in memory. */
final class TlsPair {
    final Side client;
    final Side server;

    TlsPair(SSLEngine client, SSLEngine server) {
        this.client = new Side(client);
        this.server = new Side(server);
    }

    /** One end: its engine, what has arrived for it, and how it has failed. */
    static final class Side {
        final SSLEngine engine;
        private final ByteBuffer in = ByteBuffer.allocate(1 << 18);

        @Nullable
        SSLException failure;

        private final StringBuilder received = new StringBuilder();

        Side(SSLEngine engine) {
            this.engine = engine;
        }

        /** {@return the application data that has arrived} */
        String received() {
            return received.toString();
        }

        boolean isEstablished() {
            return failure == null
                    && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                    && !engine.getSession().getProtocol().equals("NONE");
        }
    }

    /** Makes the handshake, as far as both take part in it. */
    TlsPair handshake() throws SSLException {
        client.engine.beginHandshake();
        return run();
    }

    /** Lets both exchange what they have, until neither has anything more to say. */
    TlsPair run() {
        boolean progress = true;
        for (int i = 0; progress && i < 100; i++) {
            progress = step(client, server) | step(server, client);
        }
        return this;
    }

    /** Sends application data. */
    void write(Side from, String text) throws SSLException {
        ByteBuffer data = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (data.hasRemaining()) {
            wrap(from, other(from), data);
        }
        run();
    }

    /** Delivers bytes that no engine has made. */
    void receive(Side to, byte[] bytes) {
        to.in.put(bytes);
        step(to, other(to));
    }

    private Side other(Side side) {
        return side == client ? server : client;
    }

    private static boolean step(Side side, Side other) {
        boolean progress = false;
        try {
            boolean again = true;
            while (again) {
                again = false;
                runTasks(side.engine);
                if (side.engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                    again = wrap(side, other, ByteBuffer.allocate(0));
                } else if (side.in.position() > 0) {
                    again = unwrap(side);
                }
                progress |= again;
            }
        } catch (SSLException e) {
            if (side.failure == null) {
                side.failure = e;
                progress = true;
            }
            flushAlert(side, other);
        }
        return progress;
    }

    private static void flushAlert(Side side, Side other) {
        try {
            for (int i = 0; i < 10 && !side.engine.isOutboundDone(); i++) {
                if (!wrap(side, other, ByteBuffer.allocate(0))) {
                    return;
                }
            }
        } catch (SSLException alreadyKnown) {
            // the failure of this side
        }
    }

    private static boolean wrap(Side side, Side other, ByteBuffer data) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(side.engine.getSession().getPacketBufferSize() + 1024);
        SSLEngineResult result = side.engine.wrap(data, out);
        other.in.put(out.flip());
        return result.bytesProduced() > 0 || result.getHandshakeStatus() == HandshakeStatus.NEED_TASK;
    }

    private static boolean unwrap(Side side) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(side.engine.getSession().getApplicationBufferSize() + 1024);
        side.in.flip();
        SSLEngineResult result;
        try {
            result = side.engine.unwrap(side.in, out);
        } finally {
            side.in.compact();
        }
        side.received.append(new String(Arrays.copyOf(out.array(), out.position()), StandardCharsets.US_ASCII));
        return result.bytesConsumed() > 0 || result.getHandshakeStatus() == HandshakeStatus.NEED_TASK;
    }

    private static void runTasks(SSLEngine engine) {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            task.run();
            task = engine.getDelegatedTask();
        }
    }
}
