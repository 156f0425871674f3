package io.grasp.substrate.netty.acp;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.substrate.netty.acp.LinkMessages.Hello;
import io.grasp.substrate.netty.acp.LinkMessages.InstanceId;
import io.grasp.wire.MessageFramer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A neighbor that is a plain blocking socket: it does exactly what a test says. */
final class PlainNeighbor implements AutoCloseable {
    private static final int MILLIS = 10_000;

    /** So long that no test has to send keepalives, except if it says so. */
    private static final int KEEPALIVE_MILLIS = 60_000;

    private final InetAddress address;
    private final ServerSocket server;
    private final List<Socket> sockets = new ArrayList<>();

    /** @param address its link-local address, with its interface as scope */
    PlainNeighbor(InetAddress address) {
        this.address = address;
        try {
            server = new ServerSocket(0, 50, address);
            server.setSoTimeout(MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address at which it accepts connections. */
    InetSocketAddress listens() {
        return new InetSocketAddress(address, server.getLocalPort());
    }

    byte[] hello(InstanceId instance) {
        return hello(instance, KEEPALIVE_MILLIS);
    }

    byte[] hello(InstanceId instance, int keepaliveMillis) {
        return LinkMessages.hello(new Hello(instance, server.getLocalPort(), keepaliveMillis));
    }

    Stream accept() {
        try {
            return new Stream(server.accept());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return whether the node has opened no connection until now} */
    boolean isLeftAlone(int millis) {
        try {
            server.setSoTimeout(millis);
            server.accept().close();
            return false;
        } catch (SocketTimeoutException none) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param to an address as this neighbor's interface reaches it */
    Stream connect(InetSocketAddress to) {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(address, 0));
            socket.connect(to, MILLIS);
            return new Stream(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return whether the node resets a connection as soon as it has accepted it} */
    boolean isRefusedBy(InetSocketAddress node) {
        try {
            return connect(node).isReset();
        } catch (UncheckedIOException resetBeforeTheConnectReturned) {
            return resetBeforeTheConnectReturned.getCause() instanceof SocketException;
        }
    }

    /** One connection. */
    final class Stream {
        private final Socket socket;

        private Stream(Socket socket) throws SocketException {
            this.socket = socket;
            socket.setSoTimeout(MILLIS);
            socket.setTcpNoDelay(true);
            sockets.add(socket);
        }

        Stream send(byte[] bytes) {
            try {
                socket.getOutputStream().write(bytes);
                socket.getOutputStream().flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        /** {@return whether the node resets the connection, or has done so before this could be sent} */
        boolean isResetAtTheLatestAfter(byte[] bytes) {
            try {
                send(bytes);
            } catch (UncheckedIOException reset) {
                return reset.getCause() instanceof SocketException;
            }
            return isReset();
        }

        /** Sends it in writes of one byte. */
        void sendSlowly(byte[] bytes) {
            for (byte each : bytes) {
                send(new byte[] {each});
            }
        }

        /** Reads exactly these bytes. */
        Stream expect(byte[] bytes) {
            try {
                assertThat(socket.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        /** Reads the node's hello, whatever instance it names. */
        Stream expectHello() {
            try {
                MessageFramer framer = new MessageFramer(CborLimits.DEFAULT);
                byte[] first = null;
                while (first == null) { // byte by byte, because other messages may follow
                    framer.feed(socket.getInputStream().readNBytes(1));
                    first = framer.next();
                }
                assertThat(LinkMessages.readHello(first)).isNotNull();
            } catch (CborException e) {
                throw new AssertionError(e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        /** {@return whether the node ends it in good order, perhaps after further bytes} */
        boolean isEnded() {
            try {
                byte[] part = new byte[1 << 16];
                while (socket.getInputStream().read(part) >= 0) {
                    // what it still sends
                }
                return true;
            } catch (SocketException reset) {
                return false;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** {@return whether the node resets it, perhaps after further bytes} */
        boolean isReset() {
            return !isEnded();
        }

        void reset() {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Stops to accept connections. */
    void stopListening() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stopListening();
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
