package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.config.Dull;
import io.grasp.config.EngineConfig;
import io.grasp.config.RapidMode;
import io.grasp.config.RegistrationOptions;
import io.grasp.engine.node.DullGuard;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.lang.reflect.Proxy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A DULL instance (RFC 8990 section 2.5.2), the links that it may use, and their end. */
class DullLinksTest extends TwoLinkFixture {
    private static final Objective AN_PROXY =
            Objective.synchronizable("AN_Proxy").withLoopCount(1).withValue("");

    @Override
    EngineConfig config() {
        return EngineConfig.DEFAULTS.withDull(Dull.allowing("AN_Proxy", "EX2", "EX3"));
    }

    @BeforeEach
    void withoutProtection() {
        loop.run(() -> node.setSecurity(Security.NONE));
    }

    private Flood flood(long id) {
        return new Flood(
                new SessionId(id), peer.node.addresses().get(0), 60_000, List.of(TaggedObjective.untagged(AN_PROXY)));
    }

    private List<FloodedObjective> heard() {
        return loop.call(() -> asa.getFlood("AN_Proxy"));
    }

    @Test
    void aDullInstanceContinuesWhenItsLinkComesBack() {
        loop.run(lan::down);
        moment();
        assertThat(loop.call(engine::links)).isEmpty();
        loop.run(lan::up);
        moment();
        assertThat(loop.call(engine::links)).extracting(Link::name).containsExactly("lan");
        peer.multicast(flood(1));
        moment();
        assertThat(heard()).hasSize(1);
        loop.run(() -> asa.register(AN_PROXY, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        peer.multicast(new Discovery(new SessionId(2), peer.node.addresses().get(0), AN_PROXY));
        moment();
        assertThat(peer.accepted.get(0).received).singleElement().isInstanceOf(Response.class);
    }

    @Test
    void aDullInstanceTakesTheFirstLinkThatComesUpAfterItsOwnIsGone() {
        loop.run(lan::down);
        loop.run(other::down);
        moment();
        loop.run(other::up);
        loop.run(lan::up);
        moment();
        assertThat(loop.call(engine::links)).extracting(Link::name).containsExactly("other");
    }

    @Test
    void aDullInstanceNeedsAnIpv6LinkLocalAddress() throws UnknownHostException {
        DullGuard guard = new DullGuard(Dull.allowing("X"), List.of());
        for (String address : List.of("192.0.2.1", "169.254.1.1", "2001:db8::1")) {
            assertThat(guard.unusable(new At(InetAddress.getByName(address)))).contains(address.substring(0, 4));
        }
        assertThat(guard.unusable(new At(InetAddress.getByName("fe80::1")))).isNull();
        DullGuard none = new DullGuard(null, List.of());
        assertThat(none.unusable(new At(InetAddress.getByName("192.0.2.1")))).isNull();
    }

    /** The substrate receives messages on the link that the simulation never sends: from addresses that are not link-local. */
    @Test
    @Proves("8990-2.5.2-11")
    void messagesFromAnAddressThatIsNotLinkLocalAreDroppedSilently() throws UnknownHostException {
        SimNode there = network.node("there");
        network.connect(there, lan);
        there.setSecurity(Security.NONE);
        SubstrateListener[] below = new SubstrateListener[1];
        Substrate substrate = (Substrate) Proxy.newProxyInstance(
                Substrate.class.getClassLoader(), new Class<?>[] {Substrate.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("start")) {
                        below[0] = (SubstrateListener) arguments[0];
                    }
                    return method.invoke(there, arguments);
                });
        Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
        GraspEngine dull = new GraspEngine(config(), substrate, new Random(2), new GraspObserver() {
            @Override
            public void messageDropped(DropReason reason, MessagePath path) {
                dropped.merge(reason, 1, Integer::sum);
            }
        });
        loop.run(() -> dull.start(failure -> {}));
        moment();
        EngineAsa proxy = loop.call(() -> dull.registerAsa("proxy"));
        loop.run(() -> proxy.register(AN_PROXY, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        Link link = loop.call(dull::links).get(0);
        byte[] flood = MessageEncoder.encode(flood(1));
        byte[] discovery = MessageEncoder.encode(
                new Discovery(new SessionId(2), peer.node.addresses().get(0), AN_PROXY));
        byte[] response = MessageEncoder.encode(new Response(
                new SessionId(3),
                peer.node.addresses().get(0),
                1,
                List.of(new GraspOption.LocatorOption(UnusableLocators.at("fe80::1", Locator.TCP, 1))),
                null));

        List<String> elsewhere = List.of("2001:db8::1", "fd12::1", "192.0.2.1", "::1", "fe80::1%" + (link.index() + 1));
        for (String address : elsewhere) {
            From from = new From(new InetSocketAddress(scoped(address), 4711));
            loop.run(() -> {
                if (!address.startsWith("fe80")) {
                    below[0].linkMessage(link, flood, from);
                    below[0].linkMessage(link, discovery, from);
                    below[0].unicastMessage(discovery, from);
                }
                ConnectionListener accepted = below[0].accepted(from);
                accepted.received(response);
                accepted.closed(null);
            });
        }
        assertThat(dropped)
                .containsOnly(
                        Map.entry(DropReason.DULL_SOURCE, 4 * elsewhere.size() - 3),
                        Map.entry(
                                DropReason.NO_SESSION,
                                elsewhere.size())); // received on connections that are being closed
        assertThat(loop.call(() -> proxy.getFlood("AN_Proxy"))).isEmpty();
        loop.run(() -> below[0].linkMessage(
                link, flood, new From(new InetSocketAddress(scoped("fe80::1%" + link.index()), 4711))));
        assertThat(loop.call(() -> proxy.getFlood("AN_Proxy"))).hasSize(1);
        loop.run(() -> dull.close(failure -> {}));
        moment();
        assertThat(dull.load()).isEqualTo(EngineLoad.NONE);
    }

    private static InetAddress scoped(String address) {
        String[] parts = address.split("%", -1);
        InetAddress plain = UnusableLocators.address(parts[0]);
        try {
            return parts.length == 1
                    ? plain
                    : Inet6Address.getByAddress(null, plain.getAddress(), Integer.parseInt(parts[1]));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** A peer that must not receive any message. */
    private record From(InetSocketAddress source) implements ReplyPath, Connection {
        @Override
        public InetSocketAddress remote() {
            return source;
        }

        @Override
        public Runnable reply(byte[] message, Completion sent) {
            throw new AssertionError("a reply to " + source);
        }

        @Override
        public Connection open(ConnectionListener listener) {
            throw new AssertionError("a connection to " + source);
        }

        @Override
        public void send(byte[] bytes, Completion flushed) {
            throw new AssertionError("an answer to " + source);
        }

        @Override
        public void reading(boolean on) {}

        @Override
        public void close() {}

        @Override
        public void abort() {}
    }

    @Test
    @Proves("8990-2.5.2-5")
    void everyCallThatTakesAPeerIsRefused() {
        refused(() -> asa.negotiateRapidly(EX3.withValue(1), TIMEOUT, null));
        refused(() -> asa.synchronizeRapidly(EX2, TIMEOUT, null, () -> {}));
        refused(() -> asa.listenRaw(EX3, null));
        refused(() -> asa.search(EX3, TIMEOUT, place -> true, new Finding()));
        moment();
        assertThat(peer.heard).isEmpty();
        assertThat(peer.accepted).isEmpty();
    }

    private void refused(Runnable call) {
        assertThatThrownBy(() -> loop.run(call))
                .isInstanceOfSatisfying(
                        GraspException.class, e -> assertThat(e.code()).isEqualTo(GraspErrorCode.NO_SECURITY));
    }

    @Test
    void rapidRegistrationsAreAnsweredByAResponse() {
        Objective rapid = AN_PROXY.withValue(0);
        loop.run(() -> asa.register(
                AN_PROXY, RegistrationOptions.DEFAULTS.withDiscoverable(true).withRapid(RapidMode.SESSION)));
        peer.multicast(new Discovery(new SessionId(3), peer.node.addresses().get(0), rapid));
        moment();
        assertThat(peer.accepted.get(0).received).singleElement().isInstanceOf(Response.class);
    }

    /** A link with some address. */
    private record At(InetAddress linkLocalAddress) implements Link {
        @Override
        public String name() {
            return "some";
        }

        @Override
        public int index() {
            return 1;
        }

        @Override
        public int maxMulticastBytes() {
            return 1232;
        }

        @Override
        public boolean repliesInBand() {
            return false;
        }

        @Override
        public void multicast(byte[] message, Completion sent) {
            throw new AssertionError("nothing is sent");
        }
    }
}
