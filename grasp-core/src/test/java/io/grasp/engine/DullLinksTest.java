package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.Security;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A DULL instance (RFC 8990 section 2.5.2), the links that it may use, and what becomes of them. */
class DullLinksTest extends OneEngine {
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
    void itGoesOnWhenItsLinkComesBack() {
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
    void whatComesUpFirstWhenItsLinkIsGoneIsItsLink() {
        loop.run(lan::down);
        loop.run(other::down);
        moment();
        loop.run(other::up);
        loop.run(lan::up);
        moment();
        assertThat(loop.call(engine::links)).extracting(Link::name).containsExactly("other");
    }

    @Test
    void itNeedsAnIpv6LinkLocalAddress() throws UnknownHostException {
        DullGuard guard = new DullGuard(Dull.allowing("X"), List.of());
        for (String address : List.of("192.0.2.1", "169.254.1.1", "2001:db8::1")) {
            assertThat(guard.unusable(new At(InetAddress.getByName(address)))).contains(address.substring(0, 4));
        }
        assertThat(guard.unusable(new At(InetAddress.getByName("fe80::1")))).isNull();
        DullGuard none = new DullGuard(null, List.of());
        assertThat(none.unusable(new At(InetAddress.getByName("192.0.2.1")))).isNull();
    }

    @Test
    @Proves("8990-2.5.2-5")
    void whatTakesAPeerIsRefusedInEveryForm() {
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
