package com.example.bandwidth;

import io.grasp.api.Grasp;
import io.grasp.model.LinkInfo;
import io.grasp.model.Security;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The node is up if it has a link, and something protects its links. */
@Component
class GraspHealthIndicator extends AbstractReactiveHealthIndicator {
    private final Grasp grasp;

    GraspHealthIndicator(Grasp grasp) {
        this.grasp = grasp;
    }

    @Override
    protected Mono<Health> doHealthCheck(Health.Builder builder) {
        return Mono.zip(grasp.links(), grasp.security(), (links, security) -> health(builder, links, security));
    }

    private static Health health(Health.Builder builder, List<LinkInfo> links, Security security) {
        boolean up = !links.isEmpty() && security != Security.NONE;
        return (up ? builder.up() : builder.down())
                .withDetail("security", security)
                .withDetail("links", links.stream().map(LinkInfo::name).toList())
                .build();
    }
}
