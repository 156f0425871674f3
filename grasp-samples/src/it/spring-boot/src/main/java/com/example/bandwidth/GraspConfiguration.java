package com.example.bandwidth;

import com.example.bandwidth.SharedLoopConfiguration.SharedLoop;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.logging.LoggingObserver;
import io.grasp.metrics.MicrometerObserver;
import io.grasp.metrics.SessionObservations;
import io.grasp.security.Identity;
import io.grasp.security.IdentityException;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NettySubstrate;
import io.grasp.substrate.netty.overlay.OverlaySubstrate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationRegistry;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The node, with its log, metrics and traces. */
@Configuration(proxyBeanMethods = false)
class GraspConfiguration {
    /** Starting it waits for the links, at most some seconds. Spring closes it after the ASAs. */
    @Bean(destroyMethod = "close")
    Grasp grasp(
            GraspProperties properties,
            Optional<Identity> identity,
            Optional<SharedLoop> shared,
            MicrometerObserver metrics,
            ObservationRegistry observations) {
        GraspConfig config = shared.map(with ->
                        GraspConfig.defaults().withSubstrate(() -> substrate(with.loop(), properties, identity)))
                .orElseGet(() -> config(properties, identity))
                .withAdditionalObserver(LoggingObserver.create())
                .withAdditionalObserver(metrics)
                .withAdditionalObserver(new SessionObservations(observations));
        return Grasp.start(config).block();
    }

    private static GraspConfig config(GraspProperties properties, Optional<Identity> identity) {
        return identity.map(own -> GraspConfig.defaults().withOverlay(properties.overlay(), own))
                .orElseGet(() -> GraspConfig.defaults().withNetwork(properties.network()));
    }

    private static Substrate substrate(NettyLoop loop, GraspProperties properties, Optional<Identity> identity) {
        return identity.<Substrate>map(own -> OverlaySubstrate.on(loop, properties.overlay(), own))
                .orElseGet(() -> NettySubstrate.on(loop, properties.network()));
    }

    /** With certificates the node protects itself. Spring closes their reader after the node. */
    @Bean(destroyMethod = "close")
    @ConditionalOnProperty("grasp.identity.certificate")
    Identity identity(GraspProperties properties) throws IdentityException {
        return Identity.open(properties.identity().config());
    }

    @Bean(destroyMethod = "close")
    MicrometerObserver graspMetrics(MeterRegistry registry) {
        return new MicrometerObserver(registry);
    }

    /** Boot also makes meters of the observations, which graspMetrics has already: only traces need them. */
    @Bean
    MeterFilter onceForEachSession() {
        return MeterFilter.deny(
                meter -> Set.of("grasp.session", "grasp.session.active").contains(meter.getName()));
    }
}
