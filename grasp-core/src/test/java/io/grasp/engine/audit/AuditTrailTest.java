package io.grasp.engine.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.observe.AuditEvent;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.VirtualLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Forged sources neither use up memory nor fill a log. */
class AuditTrailTest {
    private static final Duration PERIOD = Duration.ofSeconds(60);

    private final VirtualLoop loop = new VirtualLoop();
    private final AuditTrail trail = new AuditTrail(loop);
    private final List<AuditEvent> events = new ArrayList<>();
    private final AuditListener listener = new AuditListener() {
        @Override
        public void event(AuditEvent event) {
            events.add(event);
        }

        @Override
        public void stopped() {}
    };

    private static InetAddress address(int link, int host) {
        try {
            return InetAddress.getByName("fe80::" + link + ":" + Integer.toHexString(host));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void drop(int link, int host) {
        InetAddress address = address(link, host);
        trail.dropped(
                DropReason.MALFORMED,
                TrafficSource.onLink(link, address),
                MessagePath.link("eth" + link, new InetSocketAddress(address, 7017)));
    }

    private void dropNormal(int link, int host, int times) {
        InetAddress address = address(link, host);
        for (int i = 0; i < times; i++) {
            trail.dropped(
                    DropReason.DUPLICATE,
                    TrafficSource.onLink(link, address),
                    MessagePath.link("eth" + link, new InetSocketAddress(address, 7017)));
        }
    }

    @Test
    void normalReasonsAreReportedOnlyIfOneSourceHasVeryManyInASecond() {
        AuditWatch watch = loop.call(() -> trail.watch(PERIOD, listener));
        loop.run(() -> watch.request(Long.MAX_VALUE));
        for (int second = 0; second < 60; second++) {
            boolean storm = second == 30;
            loop.run(() -> {
                dropNormal(1, 1, AuditWatch.NORMAL_IN_A_SECOND);
                dropNormal(1, 2, storm ? AuditWatch.NORMAL_IN_A_SECOND + 1 : 1);
            });
            loop.advance(Duration.ofSeconds(1));
        }

        assertThat(events)
                .extracting(AuditEvent::toString)
                .containsExactly("dropped 360 times within 60 s from fe80::1:2 on link eth1: duplicate");
        loop.advance(PERIOD);
        assertThat(events).hasSize(1);
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void normalReasonsTakeNoPlaceFromOthers() {
        AuditWatch watch = loop.call(() -> trail.watch(PERIOD, listener));
        loop.run(() -> {
            watch.request(Long.MAX_VALUE);
            for (int host = 1; host <= 10_000; host++) {
                dropNormal(1, host, 1);
            }
            drop(1, 1);
        });
        assertThat(events)
                .singleElement()
                .extracting(AuditEvent::toString)
                .asString()
                .contains("malformed");
        loop.advance(PERIOD);

        assertThat(events).hasSize(2);
        assertThat(events.get(1).toString())
                .isEqualTo("dropped 9936 times within 60 s from several or unknown peers on link eth1: duplicate");
        loop.advance(PERIOD);
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void aStormOfANormalReasonWaitsForDemand() {
        AuditWatch watch = loop.call(() -> trail.watch(PERIOD, listener));
        loop.run(() -> dropNormal(1, 1, 1000));
        loop.advance(PERIOD);
        loop.run(() -> dropNormal(1, 1, 1));
        loop.advance(PERIOD.multipliedBy(2));
        assertThat(events).isEmpty();
        loop.run(() -> watch.request(1));

        assertThat(total()).isEqualTo(1001);
        loop.advance(PERIOD.multipliedBy(2));
        assertThat(loop.pendingWakeups()).isZero();
    }

    private long total() {
        return events.stream().mapToLong(AuditEvent::count).sum();
    }

    @Test
    void manySourcesOfALinkAreCountedTogether() {
        AuditWatch watch = loop.call(() -> trail.watch(PERIOD, listener));
        loop.run(() -> {
            watch.request(Long.MAX_VALUE);
            for (int host = 1; host <= 10_000; host++) {
                drop(1, host);
            }
        });
        assertThat(events).as("reported at once").hasSize(AuditWatch.AT_ONCE);

        loop.run(() -> drop(2, 1));
        assertThat(events).as("another link is reported at once all the same").hasSize(AuditWatch.AT_ONCE + 1);
        loop.advance(PERIOD);

        assertThat(events).hasSize(AuditWatch.TALLIES + 2);
        assertThat(events).last().satisfies(rest -> assertThat(rest.count()).isEqualTo(10_000 - AuditWatch.TALLIES));
        assertThat(events)
                .filteredOn(event -> event.path().peer() == null)
                .singleElement()
                .satisfies(rest -> {
                    assertThat(rest.path().link()).isEqualTo("eth1");
                    assertThat(rest.toString())
                            .isEqualTo(
                                    "dropped 9936 times within 60 s from several or unknown peers on link eth1: malformed");
                });
        assertThat(total()).isEqualTo(10_001);
        loop.advance(PERIOD);
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void eachPeriodReportsAboutAsMuchAsTheOneBefore() {
        AuditWatch watch = loop.call(() -> trail.watch(PERIOD, listener));
        loop.run(() -> watch.request(Long.MAX_VALUE));
        int periods = 10;
        for (int period = 0; period < periods; period++) {
            int first = period * 1000;
            loop.run(() -> {
                for (int host = first; host < first + 1000; host++) {
                    drop(1, host);
                }
            });
            loop.advance(PERIOD);
        }

        assertThat(events).hasSizeLessThanOrEqualTo(periods * (AuditWatch.TALLIES + AuditWatch.AT_ONCE + 1));
        assertThat(total()).isEqualTo(periods * 1000L);
    }

    @Test
    void watchesAreIndependent() {
        List<AuditEvent> others = new ArrayList<>();
        AuditWatch first = loop.call(() -> trail.watch(PERIOD, listener));
        AuditWatch second = loop.call(() -> trail.watch(PERIOD, new AuditListener() {
            @Override
            public void event(AuditEvent event) {
                others.add(event);
            }

            @Override
            public void stopped() {}
        }));
        loop.run(() -> first.request(1));

        loop.run(() -> {
            drop(1, 1);
            first.cancel();
            drop(1, 1);
        });

        assertThat(events).hasSize(1);
        assertThat(others).isEmpty();
        assertThat(trail.isWatched()).isTrue();
        loop.run(second::cancel);
        assertThat(trail.isWatched()).isFalse();
        assertThat(loop.pendingWakeups()).isZero();
    }
}
