package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.engine.node.UnusableLocators;
import io.grasp.model.Locator;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.NodeAddress;
import io.grasp.wire.RequestNegotiation;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node has an address on an interface that GRASP does not use: that interface is outside the protected domain. */
class OutsideAddressesTest extends TwoLinkFixture {
    private static final int UNUSED_INTERFACE = 99;
    private static final SessionId ID = new SessionId(4711);

    private final Inet6Address inside = (Inet6Address) node.addresses().get(0);
    private final Inet6Address outside = (Inet6Address) UnusableLocators.address("2001:db8::99");

    @BeforeEach
    void listenOnAHostWithAnAddressOutside() {
        loop.run(() -> {
            node.removeAddress(inside);
            node.addAddress(new NodeAddress(outside, UNUSED_INTERFACE, false, false));
            node.addAddress(inside);
        });
        listen();
    }

    private ScriptedPeer.Wire requestAt(InetAddress address) {
        ScriptedPeer.Wire wire = peer.connect(new Locator.Ipv6((Inet6Address) address, Locator.TCP, node.port()));
        wire.send(new RequestNegotiation(ID, EX3.withValue(1)));
        moment();
        return wire;
    }

    @Test
    @Proves("8990-2.5.1-2")
    void aPeerOnAnUnusedInterfaceIsNotServed() {
        ScriptedPeer.Wire refused = requestAt(outside);
        assertThat(refused.failure).isNotNull();
        assertThat(refused.received).isEmpty();
        assertThat(requests).isEmpty();
        assertThat(drops).containsExactly(Map.entry(DropReason.NOT_SERVED, 1));

        ScriptedPeer.Wire taken = requestAt(inside);
        assertThat(taken.failure).isNull();
        assertThat(requests).hasSize(1);
        loop.run(() -> requests.get(0).cancel());
        loop.advance(TIMEOUT);
    }
}
