package io.grasp.benchmarks.attack;

import io.grasp.model.Objective;
import io.grasp.wire.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Discoveries on a link, which the node answers by connecting to the port that they come from. */
final class DiscoveryTraffic implements Traffic {
    private static final int FIRST_SESSION = 0x1100_0000;
    private static final int MILLIS = 2000;
    private static final int BACKLOG = 1024;

    private final ServerSocket server = new ServerSocket();
    private final MulticastSender sender;
    private final String objective;
    private final Map<Long, Runnable> pending = new ConcurrentHashMap<>();

    /** @param ipv4 whether the link uses IPv4 */
    DiscoveryTraffic(String link, String objective, boolean ipv4) throws IOException {
        this.objective = objective;
        server.bind(new InetSocketAddress(0), BACKLOG);
        sender = new MulticastSender(link, new InetSocketAddress(ipv4 ? "0.0.0.0" : "::", server.getLocalPort()));
        Thread acceptor = new Thread(this::accept, "accept-responses");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    @Override
    public void begin(int number, Runnable success) throws IOException {
        int session = FIRST_SESSION + number;
        pending.put(Integer.toUnsignedLong(session), success);
        sender.send(Messages.discovery(session, Messages.address(0xfd11, 1), Objective.discoverable(objective)));
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread reader = new Thread(() -> read(socket), "read-response");
                reader.setDaemon(true);
                reader.start();
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void read(Socket socket) {
        try (Stream stream = new Stream(socket)) {
            socket.setSoTimeout(MILLIS);
            if (stream.receive() instanceof Response response) {
                Runnable success = pending.remove(response.session().value());
                if (success != null) {
                    success.run();
                }
            }
        } catch (IOException e) {
            // it counts as failed
        }
    }

    @Override
    public void close() throws IOException {
        sender.close();
        server.close();
    }
}
