package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemandTest {
    private final Demand demand = new Demand();

    @Test
    void demandIsUsedOnceForEachItem() {
        demand.add(1);
        demand.add(2);
        assertThat(demand.take()).isTrue();
        assertThat(demand.take()).isTrue();
        assertThat(demand.take()).isFalse();
        assertThat(demand.isAny()).isFalse();
    }

    @Test
    void unboundedDemandIsNotUsedUp() {
        demand.add(Long.MAX_VALUE);
        demand.add(Long.MAX_VALUE);
        assertThat(demand.take()).isTrue();
        demand.add(1);
        assertThat(demand.take()).isTrue();
        assertThat(demand.isAny()).isTrue();
    }

    @Test
    void demandBeyondTheRangeBecomesUnbounded() {
        demand.add(Long.MAX_VALUE - 1);
        demand.add(2);
        demand.take();
        demand.clear();
        assertThat(demand.isAny()).isFalse();
        demand.add(1);
        assertThat(demand.take()).isFalse();
    }

    @Test
    void itemWithoutDemandUsesNone() {
        assertThat(demand.take()).isFalse();
        demand.add(1);
        assertThat(demand.isAny()).isTrue();
    }
}
