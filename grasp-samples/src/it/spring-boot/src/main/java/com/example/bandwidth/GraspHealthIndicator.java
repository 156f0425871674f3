package com.example.bandwidth;

import io.grasp.api.Grasp;
import io.grasp.model.LinkInfo;
import io.grasp.model.Security;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The node is up if something protects its links, and the provider, if it has one, listens. On plain links it also
 * needs a link. With an identity it does not, so a node that only accepts neighbors is ready for the first one.
 */
@Component
class GraspHealthIndicator extends AbstractReactiveHealthIndicator {
    private final Grasp grasp;
    private final Optional<Provider> provider;

    GraspHealthIndicator(Grasp grasp, Optional<Provider> provider) {
        this.grasp = grasp;
        this.provider = provider;
    }

    @Override
    protected Mono<Health> doHealthCheck(Health.Builder builder) {
        return grasp.identity()
                .doOnNext(own -> builder.withDetail("certificate", own.expiry()))
                .then(Mono.zip(grasp.links(), grasp.security()))
                .map(node -> health(builder, node.getT1(), node.getT2()));
    }

    private Health health(Health.Builder builder, List<LinkInfo> links, Security security) {
        boolean listening = provider.map(Provider::isListening).orElse(true);
        boolean linked = !links.isEmpty() || security == Security.SECURED;
        boolean up = linked && security != Security.NONE && listening;
        provider.ifPresent(asa -> builder.withDetail("listening", listening));
        return builder.status(up ? Status.UP : Status.DOWN)
                .withDetail("security", security)
                .withDetail("links", links.stream().map(LinkInfo::name).toList())
                .build();
    }
}
