package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.node.LineLimit;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.PrefixParams;
import io.grasp.samples.prefix.manager.Delegation;
import io.grasp.samples.prefix.manager.ParamsSource;
import io.grasp.samples.prefix.manager.PrefixEvent;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** The events that a prefix manager prints: other nodes cannot fill a disk with them. */
class PrefixManagerLinesTest {
    private final AtomicLong now = new AtomicLong();
    private final LineLimit lines = new LineLimit(now::get, 10, 200);
    private long omitted;

    private int printed(IntFunction<PrefixEvent> events) {
        int printed = 0;
        for (int i = 0; i < 100; i++) {
            if (PrefixManagerCommand.permitted(events.apply(i), lines, count -> omitted = count)) {
                printed++;
            }
        }
        return printed;
    }

    @Test
    void eventsThatOtherNodesCauseAreLimitedAndCounted() {
        assertThat(printed(i -> new PrefixEvent.ParamsChanged(
                        PrefixParams.DEFAULTS.withLength("CSG", i), ParamsSource.FLOODED)))
                .isEqualTo(10);
        assertThat(printed(i -> new PrefixEvent.NotStored("the disk is full"))).isEqualTo(10);
        assertThat(printed(i -> new PrefixEvent.NotObtained(AddressFamily.IPV6, 56, "fe80::" + i, "declined")))
                .isEqualTo(10);
        assertThat(printed(i -> new PrefixEvent.Declined("fe80::1", "busy"))).isEqualTo(10);
        now.addAndGet(60_000_000_000L);
        assertThat(printed(i -> new PrefixEvent.Declined("fe80::1", "busy"))).isEqualTo(10);
        assertThat(omitted).isEqualTo(360);
    }

    @Test
    void eventsOfThisNodeAreAllPrinted() {
        assertThat(printed(i -> new PrefixEvent.Delegated(new Delegation("eth0", Prefix.parse("2001:db8::/64")))))
                .isEqualTo(100);
    }
}
