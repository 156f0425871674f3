package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.wire.MessageEncoder;
import java.util.List;

/** The events for the tests of traces and charts. */
final class Scenes {
    private static final Object[] HIGH = {"NZD", 80};
    private static final Object[] LOW = {"NZD", 50};

    private Scenes() {}

    /** A negotiation between two nodes, with all events of a connection. */
    static List<SimEvent> bargain() {
        return new Scene()
                .node(Kind.STARTED, "gray")
                .node(Kind.STARTED, "briggs")
                .at(5_000)
                .delivered("gray", "briggs", Scene.discovery("EX3", 6))
                .at(10_000)
                .data("briggs", "gray", Scene.response(2))
                .at(15_000)
                .signal(Kind.OPENED, "gray", "briggs")
                .data("gray", "briggs", Scene.request("EX3", LOW))
                .at(20_000)
                .data("briggs", "gray", Scene.pause(30_000))
                .at(25_020_000)
                .data("briggs", "gray", Scene.negotiate("EX3", 5, HIGH))
                .at(25_025_000)
                .data("gray", "briggs", Scene.decline("too dear"))
                .signal(Kind.FINISHED, "gray", "briggs")
                .events();
    }

    /** Events of all kinds: relays, a negotiation, faults of messages, nodes, links and the whole network. */
    static List<SimEvent> town() {
        Scene scene = new Scene();
        for (String node : List.of("alice", "relay-1", "relay-2", "bob", "carol")) {
            scene.node(Kind.STARTED, node).link(Kind.LINK_UP, node, "lan");
        }
        scene.at(5_000)
                .message(Kind.DELIVERED, "alice", "relay-1", "west", Scene.flood("EX1", 6, 7))
                .at(10_000)
                .message(Kind.DELIVERED, "relay-1", "relay-2", "middle", Scene.flood("EX1", 5, 7))
                .at(15_000)
                .message(Kind.DELIVERED, "relay-2", "bob", "east", Scene.flood("EX1", 4, 7))
                .message(Kind.LOST, "relay-2", "carol", "east", Scene.flood("EX1", 4, 7))
                .at(105_000)
                .message(Kind.DELIVERED, "alice", "relay-1", "west", Scene.discovery("EX3", 6))
                .at(110_000)
                .message(Kind.DELIVERED, "relay-1", "relay-2", "middle", Scene.discovery("EX3", 5))
                .at(115_000)
                .message(Kind.CORRUPTED, "relay-2", "bob", "east", Scene.discovery("EX3", 132))
                .message(Kind.DELIVERED, "relay-2", "carol", "east", Scene.discovery("EX3", 4))
                .at(130_000)
                .data("carol", "relay-2", Scene.response(5))
                .at(140_000)
                .data("relay-2", "relay-1", Scene.response(5))
                .at(150_000)
                .data("relay-1", "alice", Scene.response(5))
                .at(165_000)
                .signal(Kind.OPENED, "alice", "carol")
                .data("alice", "carol", Scene.request("EX3", LOW))
                .at(180_000)
                .data("carol", "alice", Scene.negotiate("EX3", 5, HIGH));
        scene.event(Kind.RETRANSMITTED, "alice", "carol", "", MessageEncoder.encode(Scene.pause(5_000)), "after 1 s")
                .at(1_195_000)
                .data("alice", "carol", Scene.pause(5_000))
                .at(2_000_000)
                .data("alice", "carol", Scene.negotiate("EX3", 4, new Object[] {"NZD", 65}))
                .at(2_015_000)
                .data("carol", "alice", Scene.accept())
                .signal(Kind.FINISHED, "carol", "alice")
                .at(3_000_000)
                .node(Kind.CRASHED, "relay-2")
                .at(3_005_000)
                .message(Kind.UNREACHED, "relay-1", "relay-2", "middle", Scene.flood("EX1", 5, 8))
                .at(3_100_000)
                .node(Kind.SUSPENDED, "bob")
                .at(3_400_000)
                .signal(Kind.RESET, "bob", "carol")
                .at(3_500_000)
                .node(Kind.STARTED, "relay-2")
                .link(Kind.LINK_UP, "relay-2", "middle")
                .at(3_600_000)
                .node(Kind.RESUMED, "bob")
                .at(3_700_000)
                .network(Kind.PARTITIONED, "alice, relay-1 | relay-2, bob, carol")
                .message(Kind.DUPLICATED, "alice", "relay-1", "west", Scene.flood("EX1", 6, 8))
                .at(3_705_000)
                .message(Kind.DELIVERED, "alice", "relay-1", "west", Scene.flood("EX1", 6, 8))
                .message(Kind.DELIVERED, "alice", "relay-1", "west", Scene.flood("EX1", 6, 8))
                .message(Kind.UNREACHED, "relay-1", "relay-2", "middle", Scene.flood("EX1", 5, 8))
                .at(4_000_000)
                .network(Kind.HEALED, "")
                .at(4_100_000)
                .link(Kind.LINK_DOWN, "alice", "west")
                .at(4_200_000)
                .message(Kind.DELIVERED, "relay-2", "relay-1", "middle", Scene.flood("EX2", 6, "news"))
                .message(Kind.DELIVERED, "relay-2", "bob", "east", Scene.flood("EX2", 6, "news"))
                .message(Kind.DELIVERED, "relay-2", "carol", "east", Scene.flood("EX2", 6, "news"));
        for (String node : List.of("alice", "relay-1", "relay-2", "bob", "carol")) {
            scene.at(5_000_000).node(Kind.CLOSED, node);
        }
        return scene.events();
    }

    /** Names and texts that try to inject markup. */
    static List<SimEvent> hostile() {
        String evil = "</title><script>alert('1')</script>";
        return new Scene()
                .message(Kind.DELIVERED, "a\nb", evil, "\"l&n\"", Scene.flood("\u202Egnp.<x>&\"'", 1, "]]>\u0000"))
                .event(Kind.LOST, evil, "\uD800", "", new byte[] {(byte) 0xFF, 1}, "<!--\u0001")
                .network(Kind.PARTITIONED, "<svg onload=x>")
                .events();
    }

    /** One node floods to thirty. */
    static List<SimEvent> crowd() {
        Scene scene = new Scene().at(5_000);
        for (int i = 1; i <= 30; i++) {
            Kind kind = i % 7 == 0 ? Kind.LOST : Kind.DELIVERED;
            if (i != 11) {
                scene.message(kind, "node-11", "node-" + i, "lan", Scene.flood("EX1", 6, i / 100));
            }
        }
        for (int i = 1; i < 30; i++) {
            scene.at(10_000 + i).data("node-" + i, "node-" + (i + 1), Scene.request("EX3", HIGH));
        }
        return scene.events();
    }
}
