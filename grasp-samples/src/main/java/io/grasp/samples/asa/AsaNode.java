package io.grasp.samples.asa;

import io.grasp.api.Grasp;
import io.grasp.host.HostContext;
import io.grasp.model.NodeLocators;
import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What an ASA uses of its node besides its own handle, so that it runs in a program of its own and in a host.
 *
 * @param scheduler where its signals are emitted
 * @param clock returns the time on the node's clock
 * @param locators the node's port and locators at the time of subscription
 */
public record AsaNode(Scheduler scheduler, Supplier<Duration> clock, Mono<NodeLocators> locators) {
    /** {@return the node of an ASA in a program of its own} */
    public static AsaNode of(Grasp grasp) {
        return new AsaNode(grasp.scheduler(), grasp::now, grasp.locators());
    }

    /** {@return the node of an ASA in a host} */
    public static AsaNode of(HostContext context) {
        return new AsaNode(context.scheduler(), context::now, context.locators());
    }

    /** {@return the time on the node's clock} */
    public Duration now() {
        return clock.get();
    }
}
