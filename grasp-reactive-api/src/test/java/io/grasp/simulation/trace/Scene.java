package io.grasp.simulation.trace;

import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Response;
import io.grasp.wire.Wait;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Creates events on a network. */
final class Scene {
    private static final SessionId SESSION = new SessionId(4711);
    private static final byte[] NOTHING = {};

    private final List<SimEvent> events = new ArrayList<>();
    private Duration now = Duration.ZERO;

    Scene at(long micros) {
        now = Duration.ofNanos(micros * 1_000);
        return this;
    }

    Scene event(Kind kind, String from, String to, String link, byte[] bytes, String detail) {
        events.add(new SimEvent(now, kind, from, to, link, bytes, detail));
        return this;
    }

    Scene message(Kind kind, String from, String to, String link, GraspMessage message) {
        return event(kind, from, to, link, MessageEncoder.encode(message), "");
    }

    Scene delivered(String from, String to, GraspMessage message) {
        return message(Kind.DELIVERED, from, to, "lan", message);
    }

    Scene data(String from, String to, GraspMessage message) {
        return message(Kind.DATA, from, to, "", message);
    }

    Scene node(Kind kind, String node) {
        return event(kind, node, "", "", NOTHING, "");
    }

    Scene link(Kind kind, String node, String link) {
        return event(kind, node, "", link, NOTHING, "");
    }

    Scene network(Kind kind, String detail) {
        return event(kind, "", "", "", NOTHING, detail);
    }

    Scene signal(Kind kind, String from, String to) {
        return event(kind, from, to, "", NOTHING, "");
    }

    List<SimEvent> events() {
        return List.copyOf(events);
    }

    static GraspMessage flood(String name, int loopCount, Object value) {
        Objective objective =
                Objective.synchronizable(name).withLoopCount(loopCount).withValue(ObjectiveValue.of(value));
        return new Flood(SESSION, address(1), 60_000, List.of(TaggedObjective.untagged(objective)));
    }

    static GraspMessage discovery(String name, int loopCount) {
        return new Discovery(SESSION, address(1), Objective.negotiable(name).withLoopCount(loopCount));
    }

    static GraspMessage response(int node) {
        GraspOption where = new GraspOption.LocatorOption(new Locator.Ipv6(address(node), Locator.TCP, 10_000 + node));
        return new Response(SESSION, address(1), 60_000, List.of(where), null);
    }

    static GraspMessage request(String name, Object value) {
        return new RequestNegotiation(SESSION, Objective.negotiable(name).withValue(value), List.of());
    }

    static GraspMessage negotiate(String name, int loopCount, Object value) {
        return new Negotiate(
                SESSION, Objective.negotiable(name).withLoopCount(loopCount).withValue(value));
    }

    static GraspMessage pause(long millis) {
        return new Wait(SESSION, millis);
    }

    static GraspMessage accept() {
        return new End(SESSION, new GraspOption.Accept());
    }

    static GraspMessage decline(String reason) {
        return new End(SESSION, new GraspOption.Decline(reason));
    }

    private static Inet6Address address(int node) {
        byte[] bytes = new byte[16];
        bytes[0] = (byte) 0xFD;
        bytes[15] = (byte) node;
        try {
            return (Inet6Address) InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
