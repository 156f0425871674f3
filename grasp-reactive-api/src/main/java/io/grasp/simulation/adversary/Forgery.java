package io.grasp.simulation.adversary;

import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.simulation.adversary.Heard.Question;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Writes the messages of an adversary. */
final class Forgery {
    private static final int LONGEST_VALUE = 900;
    private static final long LONGEST_TTL = 0xFFFF_FFFFL;
    private static final int MOST_LOCATORS = 32;
    private static final int MOST_FLIPS = 8;
    private static final SessionId COLLIDING = new SessionId(4711);
    private static final List<Integer> LOOP_COUNTS = List.of(1, Objective.DEFAULT_LOOP_COUNT, 255);
    private static final List<Long> TTLS = List.of(1L, 1000L, 60_000L, 0L, LONGEST_TTL);

    private final SimNode node;
    private final Choices choices;
    private final Heard heard;
    private int collisions;

    Forgery(SimNode node, Choices choices, Heard heard) {
        this.node = node;
        this.choices = choices;
        this.heard = heard;
    }

    Flood storm() {
        Objective objective = Objective.synchronizable(choices.name())
                .withLoopCount(choices.any(LOOP_COUNTS))
                .withValue(choices.bytes(choices.below(LONGEST_VALUE)));
        return flood(choices.session(), initiator(), choices.any(TTLS), objective);
    }

    Flood falseFlood() {
        Objective objective = Objective.synchronizable(known())
                .withLoopCount(choices.any(LOOP_COUNTS))
                .withValue("false");
        return flood(choices.session(), initiator(), choices.any(TTLS), objective);
    }

    Discovery discovery() {
        String name = choices.chance(0.5) ? choices.name() : known();
        return new Discovery(
                choices.session(), initiator(), Objective.discoverable(name).withLoopCount(Objective.MAX_LOOP_COUNT));
    }

    /** {@return a discovery that other nodes answer, if the adversary knows an objective of theirs} */
    Discovery question() {
        return new Discovery(choices.session(), node.addresses().get(0), Objective.discoverable(known()));
    }

    /** {@return a discovery with a request, for nodes whose ASAs accept such requests} */
    Discovery rapidRequest() {
        return new Discovery(choices.session(), initiator(), endless(known()));
    }

    GraspMessage valueRequest() {
        return new RequestSynchronization(choices.session(), Objective.synchronizable(known()));
    }

    GraspMessage colliding() {
        InetAddress initiator = Choices.colliding(++collisions);
        return collisions % 2 == 0
                ? new Discovery(COLLIDING, initiator, Objective.discoverable(choices.name()))
                : flood(
                        COLLIDING,
                        initiator,
                        1000,
                        Objective.synchronizable(choices.name()).withValue(collisions));
    }

    private static Flood flood(SessionId session, InetAddress initiator, long ttlMillis, Objective objective) {
        return new Flood(session, initiator, ttlMillis, List.of(TaggedObjective.untagged(objective)));
    }

    /** {@return a message with changed bits, or a part of it} */
    byte[] broken() {
        List<byte[]> messages = heard.messages();
        byte[] message = messages.isEmpty() || choices.chance(0.5)
                ? MessageEncoder.encode(choices.chance(0.5) ? storm() : discovery())
                : choices.any(messages).clone();
        if (choices.chance(0.3)) {
            return Arrays.copyOf(message, choices.below(message.length));
        }
        for (int flips = 1 + choices.below(MOST_FLIPS); flips > 0; flips--) {
            message[choices.below(message.length)] ^= (byte) (1 << choices.below(Byte.SIZE));
        }
        return message;
    }

    /** {@return a false answer to a discovery} */
    Response response(Question question) {
        Discovery asked = question.discovery();
        List<Locator> locators = locators(question);
        List<GraspOption> options = new ArrayList<>();
        if (choices.chance(0.3)) {
            options.add(new GraspOption.Divert(locators));
        } else {
            locators.forEach(locator -> options.add(new GraspOption.LocatorOption(locator)));
        }
        return new Response(asked.session(), asked.initiator(), choices.any(TTLS), options, asked.objective());
    }

    private List<Locator> locators(Question question) {
        List<Locator> locators = new ArrayList<>();
        int number = choices.chance(0.2) ? MOST_LOCATORS : 1;
        for (int i = 0; i < number; i++) {
            locators.add(
                    switch (choices.below(6)) {
                        case 0, 1 -> Locator.of(node.addresses().get(0), Locator.TCP, node.port());
                        case 2 -> Locator.of(choices.routable(), Locator.TCP, choices.port());
                        case 3 -> Locator.of(question.discovery().initiator(), Locator.TCP, choices.port());
                        case 4 -> Locator.tcp(choices.any(List.of("::1", "127.0.0.1", "ff02::13", "::")), node.port());
                        default -> Locator.tcp("no-host.example", choices.port());
                    });
        }
        return locators;
    }

    /** {@return a request for a known objective; the adversary begins its session} */
    GraspMessage request(boolean mayBeSynchronization) {
        return mayBeSynchronization && choices.chance(0.5)
                ? valueRequest()
                : new RequestNegotiation(choices.session(), endless(known()));
    }

    /** {@return an offer whose loop count never falls} */
    Objective endless(String name) {
        return Objective.negotiable(name)
                .withLoopCount(Objective.MAX_LOOP_COUNT)
                .withValue(choices.below(1000));
    }

    private String known() {
        return heard.names().isEmpty() ? choices.name() : choices.any(heard.names());
    }

    private InetAddress initiator() {
        List<InetAddress> others = heard.initiators();
        return switch (choices.below(3)) {
            case 0 -> node.addresses().get(0);
            case 1 -> choices.routable();
            default -> others.isEmpty() ? choices.routable() : choices.any(others);
        };
    }

    /**
     * {@return a forged source}
     *
     * @param targets the nodes that are attacked
     */
    InetSocketAddress source(List<SimNode> targets) {
        List<InetSocketAddress> neighbors = heard.neighbors();
        return switch (choices.below(6)) {
            case 0 -> new InetSocketAddress(choices.linkLocal(), choices.port());
            case 1 -> new InetSocketAddress(choices.routable(), choices.port());
            case 2 -> new InetSocketAddress(special(), choices.port());
            case 3 -> new InetSocketAddress(choices.linkLocal(), 0);
            case 4 ->
                neighbors.isEmpty() ? new InetSocketAddress(choices.linkLocal(), node.port()) : choices.any(neighbors);
            default -> sourceOf(targets);
        };
    }

    private InetSocketAddress sourceOf(List<SimNode> targets) {
        List<InetSocketAddress> sources = targets.stream()
                .flatMap(target -> target.addresses().stream()
                        .flatMap(address -> Stream.of(target.port(), choices.port())
                                .map(port -> new InetSocketAddress(address, port))))
                .toList();
        return sources.isEmpty() ? new InetSocketAddress(choices.routable(), choices.port()) : choices.any(sources);
    }

    /** {@return an address that no other host can have} */
    private InetAddress special() {
        InetAddress address = Locator.tcp(
                        choices.any(List.of("::1", "127.0.0.1", "ff02::13", "::", "255.255.255.255")), 1)
                .address();
        return Objects.requireNonNull(address, "an address in its own form");
    }
}
