package io.grasp.benchmarks.attack;

import io.grasp.model.Objective;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Multicasts on one link of a relay, which succeed when they are heard on another one. */
final class RelayedTraffic implements Traffic {
    private final MulticastSender sender;
    private final MulticastReceiver receiver;
    private final Numbered messages;
    private final Map<Long, Runnable> pending = new ConcurrentHashMap<>();
    private final int firstSession;

    /** A message by its session. */
    @FunctionalInterface
    private interface Numbered {
        byte[] message(int session);
    }

    private RelayedTraffic(String from, String to, int firstSession, Numbered messages) throws IOException {
        this.firstSession = firstSession;
        this.messages = messages;
        receiver = new MulticastReceiver(to);
        sender = new MulticastSender(from, new java.net.InetSocketAddress("::", 0));
        Thread listener = new Thread(this::listen, "listen-" + to);
        listener.setDaemon(true);
        listener.start();
    }

    /** {@return discoveries of an objective, which a server on the other link must hear} */
    static RelayedTraffic discoveries(String from, String to, String objective) throws IOException {
        InetAddress initiator = Messages.address(0xfd11, 2);
        return new RelayedTraffic(
                from,
                to,
                0x1200_0000,
                session -> Messages.discovery(session, initiator, Objective.discoverable(objective)));
    }

    static RelayedTraffic floods(String from, String to, String objective) throws IOException {
        InetAddress initiator = Messages.address(0xfd11, 3);
        Objective flooded = Objective.synchronizable(objective).withValue(1);
        return new RelayedTraffic(
                from, to, 0x1300_0000, session -> Messages.flood(session, initiator, 60_000, flooded, null));
    }

    @Override
    public void begin(int number, Runnable success) throws IOException {
        int session = firstSession + number;
        pending.put(Integer.toUnsignedLong(session), success);
        sender.send(messages.message(session));
    }

    private void listen() {
        try {
            while (true) {
                GraspMessage heard = receiver.receive().message();
                Runnable success = null;
                if (heard instanceof Discovery discovery) {
                    success = pending.remove(discovery.session().value());
                } else if (heard instanceof Flood flood) {
                    success = pending.remove(flood.session().value());
                }
                if (success != null) {
                    success.run();
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() throws IOException {
        sender.close();
        receiver.close();
    }
}
