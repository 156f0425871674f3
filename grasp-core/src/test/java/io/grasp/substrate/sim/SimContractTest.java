package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.AcpNodeName;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateContractTest;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The substrate's contract on a link of a simulated network. */
@ParameterizedClass(name = "{0}")
@EnumSource
class SimContractTest extends SubstrateContractTest {
    /** The kinds of links. */
    enum Kind {
        DATAGRAMS(LinkKind.DATAGRAM, Duration.ofMillis(5)),
        DATAGRAMS_WITHOUT_DELAY(LinkKind.DATAGRAM, Duration.ZERO),
        STREAMS(LinkKind.STREAM, Duration.ofMillis(5)),
        STREAMS_IN_SMALL_PIECES(LinkKind.STREAM, Duration.ofMillis(5)),
        SECURED_DATAGRAMS(LinkKind.SECURED_DATAGRAM, Duration.ofMillis(5)),
        SECURED_STREAMS(LinkKind.SECURED_STREAM, Duration.ofMillis(5));

        private final LinkKind link;
        private final Duration delay;

        Kind(LinkKind link, Duration delay) {
            this.link = link;
            this.delay = delay;
        }
    }

    private final VirtualLoop loop = new VirtualLoop(Long.MAX_VALUE - 1_000_000, 100_000);
    private final SimLink link;
    private int nodes;
    private final SimNetwork network = SimNetwork.create(loop, 1);

    SimContractTest(Kind kind) {
        link = network.link("lan", kind.link, kind.delay);
        if (kind == Kind.STREAMS_IN_SMALL_PIECES) {
            network.chunkSize(100);
        }
    }

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected Substrate newSubstrate() {
        SimNode node = network.node("node" + ++nodes);
        node.setIdentity(AcpNodeName.parse("++number=" + nodes + "@example.com"));
        network.connect(node, link);
        return node;
    }

    @Override
    protected void await(String what, BooleanSupplier condition) {
        assertThat(loop.runUntil(condition, Duration.ofMinutes(1))).as(what).isTrue();
    }

    @Override
    protected int moreBytesThanAreKept() {
        return 300_000;
    }

    @Override
    protected void settle() {
        loop.runUntilIdle();
    }

    @Override
    protected void assertNothingLeft() {
        assertThat(network.openConnections()).as("open connections").isZero();
        assertThat(network.pendingDeliveries()).as("pending deliveries").isZero();
        assertThat(loop.pendingWakeups()).as("pending wakeups").isZero();
    }
}
