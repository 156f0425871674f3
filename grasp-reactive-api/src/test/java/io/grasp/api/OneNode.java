package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.cbor.CborWriter;
import io.grasp.engine.ScriptedPeer;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.EngineLoad;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNode;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A node with the default settings on two links, with an ASA, and on each link a peer that sends and receives bytes. */
abstract class OneNode {
    static final Objective EX2 = Objective.synchronizable("EX2");
    static final Objective EX3 = Objective.negotiable("EX3");
    /** GRASP_DEF_TIMEOUT, if no other timeout is set. */
    final SimWorld world = new SimWorld(LinkKind.DATAGRAM);

    final ScriptedPeer peer = new ScriptedPeer(world.nodeOn(0));
    final ScriptedPeer beyond = new ScriptedPeer(world.nodeOn(1));
    SimNode node;
    Grasp grasp;
    Asa asa;

    @BeforeEach
    void start() {
        start(config -> config);
    }

    /** {@return the node's loop} */
    SimNode newNode() {
        return world.nodeOn(0, 1);
    }

    /** Starts another node, which replaces an existing one. */
    void start(UnaryOperator<GraspConfig> settings) {
        if (grasp != null) {
            closeNode();
        }
        node = newNode();
        SimNode started = node;
        grasp = world.awaitOne(Grasp.start(settings.apply(GraspConfig.defaults().withSubstrate(() -> started))));
        asa = asa("asa");
        world.await(asa.register(EX2));
        world.await(asa.register(EX3));
    }

    @AfterEach
    void nothingIsLeft() {
        closeNode();
        for (ScriptedPeer each : List.of(peer, beyond)) {
            world.loop.run(() -> each.node.close(failure -> {}));
        }
        world.close();
    }

    private void closeNode() {
        world.await(grasp.closeAsync());
        moment();
        assertThat(world.awaitOne(grasp.load())).isEqualTo(EngineLoad.NONE);
    }

    final Asa asa(String name) {
        return world.awaitOne(grasp.registerAsa(name));
    }

    final void moment() {
        world.loop.advance(Duration.ofMillis(50));
    }

    /** {@return a locator of a peer's ASAs} */
    static AsaLocator at(ScriptedPeer peer) {
        return AsaLocator.of(locator(peer.node));
    }

    static Locator.Ipv6 locator(SimNode node) {
        return new Locator.Ipv6((Inet6Address) node.addresses().get(0), Locator.TCP, node.port());
    }

    /** The node learns by a discovery, which then ends, that the first peer supports an objective. */
    final void learn(Objective objective) {
        world.collect(asa.discover(objective, Duration.ofMillis(40)));
        world.loop.advance(Duration.ofMillis(10));
        String id =
                id(ScriptedPeer.decode(peer.heard.get(peer.heard.size() - 1)).session());
        peer.reply(ScriptedPeer.decode(bytes("85 02" + id + address(node) + "1a000927c0" + option(peer.node))));
        moment();
    }

    /** {@return a connection of a peer on which the node has received this message} */
    final ScriptedPeer.Wire send(ScriptedPeer from, String message) {
        ScriptedPeer.Wire wire = from.connect(node);
        wire.send(bytes(message));
        moment();
        return wire;
    }

    // Bytes in hexadecimal; spaces are ignored

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** {@return messages in the form of the assertions} */
    static List<String> hex(List<byte[]> messages) {
        return messages.stream().map(OneNode::hex).toList();
    }

    static String[] plain(String... messages) {
        return List.of(messages).stream().map(each -> each.replace(" ", "")).toArray(String[]::new);
    }

    /** {@return a number as an item} */
    static String number(long value) {
        CborWriter out = new CborWriter();
        out.writeUnsigned(value);
        return hex(out.toByteArray());
    }

    /** {@return a byte string as an item} */
    static String string(byte[] bytes) {
        CborWriter out = new CborWriter();
        out.writeBytes(bytes);
        return hex(out.toByteArray());
    }

    static String id(SessionId session) {
        return number(session.value());
    }

    /** {@return the Session ID of the node's first message on a connection} */
    static String id(ScriptedPeer.Wire wire) {
        return id(wire.received.get(0).session());
    }

    /** {@return the address of a node, with its head} */
    static String address(SimNode node) {
        return string(node.addresses().get(0).getAddress());
    }

    /** {@return the O_IPv6_LOCATOR of a node} */
    static String option(SimNode node) {
        return "84 1867" + address(node) + "06" + number(node.port());
    }
}
