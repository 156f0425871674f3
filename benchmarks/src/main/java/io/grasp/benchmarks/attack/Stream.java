package io.grasp.benchmarks.attack;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.MessageFramer;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A blocking connection that carries messages. Not thread-safe. */
final class Stream implements AutoCloseable {
    private final Socket socket;
    private final MessageFramer framer = new MessageFramer(CborLimits.DEFAULT);
    private final MessageDecoder decoder = new MessageDecoder(CborLimits.DEFAULT);
    private final byte[] buffer = new byte[CborLimits.DEFAULT.maxBytes()];

    Stream(Socket socket) {
        this.socket = socket;
    }

    /**
     * Connects.
     *
     * @param from the source, {@code null} lets the system choose
     * @param millis the maximum time of the connect and of each read
     */
    static Stream connect(@Nullable InetSocketAddress from, InetSocketAddress to, int millis) throws IOException {
        return connect(new Socket(), from, to, millis);
    }

    /** The same with as little memory for what is not read as the system allows. */
    static Stream connectWithoutReading(@Nullable InetSocketAddress from, InetSocketAddress to, int millis)
            throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1);
        return connect(socket, from, to, millis);
    }

    private static Stream connect(Socket socket, @Nullable InetSocketAddress from, InetSocketAddress to, int millis)
            throws IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(millis);
            if (from != null) {
                socket.bind(from);
            }
            socket.connect(to, millis);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        return new Stream(socket);
    }

    void send(GraspMessage message) throws IOException {
        send(MessageEncoder.encode(message));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Waits for the next message; an end of the stream and a malformed message are exceptions. */
    GraspMessage receive() throws IOException {
        try {
            while (true) {
                byte[] message = framer.next();
                if (message != null) {
                    return decoder.decode(message);
                }
                int read = socket.getInputStream().read(buffer);
                if (read < 0) {
                    throw new EOFException("the peer has ended the connection");
                }
                framer.feed(Arrays.copyOf(buffer, read));
            }
        } catch (CborException | MalformedMessageException e) {
            throw new IOException("the peer sent what is not a message", e);
        }
    }

    /** Waits until the peer closes the connection. */
    void awaitEnd() throws IOException {
        while (socket.getInputStream().read(buffer) >= 0) {
            // discarded
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
