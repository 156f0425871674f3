package io.grasp.samples.console;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Forwards connections, and can stop to forward without closing them, as a network that is gone does. */
final class SilentProxy implements AutoCloseable {
    private final int target;
    private final ServerSocket server;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean silent;

    private SilentProxy(int target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Listens at a port of the loopback interface, and forwards to another one. */
    static SilentProxy to(int target) throws IOException {
        SilentProxy proxy = new SilentProxy(target);
        start(proxy::accept);
        return proxy;
    }

    int port() {
        return server.getLocalPort();
    }

    /** Whether to forward nothing: on new connections, and for good on those that are open now. */
    void silence(boolean silent) {
        this.silent = silent;
        if (silent) {
            connections.forEach(connection -> connection.silent = true);
        }
    }

    private void accept() throws IOException {
        while (true) {
            Connection connection =
                    new Connection(server.accept(), new Socket(InetAddress.getLoopbackAddress(), target));
            connections.add(connection);
            connection.silent = silent;
            start(() -> connection.forward(connection.client, connection.server));
            start(() -> connection.forward(connection.server, connection.client));
        }
    }

    /** What a thread does until a socket is closed. */
    private interface Task {
        void run() throws IOException;
    }

    private static void start(Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException closed) {
                        // done
                    }
                },
                "silent-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Connection connection : connections) {
            connection.close();
        }
    }

    private static final class Connection {
        private final Socket client;
        private final Socket server;
        private volatile boolean silent;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void forward(Socket from, Socket to) throws IOException {
            byte[] buffer = new byte[65_536];
            try {
                for (int read = from.getInputStream().read(buffer);
                        read >= 0;
                        read = from.getInputStream().read(buffer)) {
                    if (!silent) {
                        to.getOutputStream().write(buffer, 0, read);
                    }
                }
            } finally {
                close();
            }
        }

        void close() throws IOException {
            client.close();
            server.close();
        }
    }
}
