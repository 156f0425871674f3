package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Dull;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.wire.Flood;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bounds of a DULL instance whose limits were not set: they are small, because every node on its link can use them. */
class DullLimitsTest extends TwoLinkFixture {
    @Override
    EngineConfig config() {
        return EngineConfig.DEFAULTS.withDull(Dull.allowing("EX2", "EX3"));
    }

    @Test
    void limitsThatWereSetAreKept() {
        Limits other = Limits.DEFAULTS.withAsas(3);

        assertThat(config().limits()).isEqualTo(Limits.DULL);
        assertThat(config().withLimits(other).limits()).isEqualTo(other);
        assertThat(EngineConfig.DEFAULTS
                        .withLimits(other)
                        .withDull(Dull.allowing("EX2"))
                        .limits())
                .isEqualTo(other);
        assertThat(Limits.DULL.floodBytes()
                        + Limits.DULL.ownFloodBytes()
                        + Limits.DULL.discoveryBytes()
                        + Limits.DULL.relayedLocatorBytes()
                        + Limits.DULL.rememberedBytes())
                .isLessThanOrEqualTo(2 << 20);
        assertThat(config().worstCase().heapBytes()).isLessThan(6 << 20);
    }

    /** Each flood has a tag of its own, so none replaces another. */
    @Test
    void floodsFillABudgetOfHalfAMebibyte() throws UnknownHostException {
        loop.run(() -> node.setSecurity(Security.NONE));
        Inet6Address onLink = (Inet6Address) InetAddress.getByName("fe80::1234");
        for (int i = 1; i <= 1000; i++) {
            peer.multicast(new Flood(
                    new SessionId(1_000_000 + i),
                    peer.node.addresses().get(0),
                    600_000,
                    List.of(new TaggedObjective(
                            EX2.withLoopCount(1).withValue(i), new Locator.Ipv6(onLink, Locator.TCP, i)))));
            loop.advance(Duration.ofMillis(20));
        }
        moment();

        List<FloodedObjective> kept = loop.call(() -> asa.getFlood("EX2"));
        assertThat(kept).hasSizeBetween(100, (512 << 10) / 1536);
        assertThat(kept).anyMatch(flooded -> flooded.objective().value().as(Integer.class) == 1000);
    }
}
