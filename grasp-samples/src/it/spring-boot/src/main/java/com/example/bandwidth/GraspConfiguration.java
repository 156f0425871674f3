package com.example.bandwidth;

import com.example.bandwidth.SharedLoopConfiguration.SharedLoop;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.logging.LoggingObserver;
import io.grasp.metrics.MicrometerObserver;
import io.grasp.metrics.SessionObservations;
import io.grasp.substrate.netty.NettySubstrate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationRegistry;
import java.util.Optional;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The node, with its log, metrics and traces. */
@Configuration(proxyBeanMethods = false)
class GraspConfiguration {
    /** Starting it waits for the links, at most some seconds. Spring closes it after the ASAs. */
    @Bean(destroyMethod = "close")
    Grasp grasp(
            GraspProperties properties,
            MicrometerObserver metrics,
            ObservationRegistry observations,
            Optional<SharedLoop> shared) {
        GraspConfig config = shared.map(SharedLoop::loop)
                .map(loop -> GraspConfig.defaults().withSubstrate(() -> NettySubstrate.on(loop, properties.network())))
                .orElseGet(() -> GraspConfig.defaults().withNetwork(properties.network()))
                .withAdditionalObserver(LoggingObserver.create())
                .withAdditionalObserver(metrics)
                .withAdditionalObserver(new SessionObservations(observations));
        return Grasp.start(config).block();
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
