package io.grasp.benchmarks.attack;

import io.grasp.model.Objective;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Floods the objectives {@code NAME0}, {@code NAME1} and so on; the node itself shows what it has of them. A
 * link-local initiator floods to its link only.
 */
final class AnnouncedTraffic implements Traffic {
    private static final int TTL_MILLIS = 600_000;
    private static final int FIRST_SESSION = 0x1400_0000;

    private final MulticastSender sender;
    private final String objective;
    private final InetAddress initiator;

    AnnouncedTraffic(String link, String objective, InetAddress initiator) throws IOException {
        this.objective = objective;
        this.initiator = initiator;
        sender = new MulticastSender(link, new InetSocketAddress("::", 0));
    }

    @Override
    public void begin(int number, Runnable success) throws IOException {
        Objective flooded = Objective.synchronizable(objective + number)
                .withLoopCount(initiator.isLinkLocalAddress() ? 1 : Objective.DEFAULT_LOOP_COUNT)
                .withValue(number);
        sender.send(Messages.flood(FIRST_SESSION + number, initiator, TTL_MILLIS, flooded, null));
        success.run();
    }

    @Override
    public void close() throws IOException {
        sender.close();
    }
}
