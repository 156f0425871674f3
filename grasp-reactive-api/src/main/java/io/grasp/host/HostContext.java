package io.grasp.host;

import io.grasp.api.Asa;
import io.grasp.model.LinkInfo;
import io.grasp.model.NodeLocators;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/** What a host gives an ASA that it starts. Its signals are emitted on the ASA's own thread. */
public interface HostContext {
    /**
     * {@return the handle of the ASA} It is registered under the name in the manifest, its signals are emitted and its
     * functions called on the ASA's own thread ({@link Asa#on}), and the host deregisters it.
     */
    Asa asa();

    /** {@return the ASA's own thread as a scheduler, for its delays and intervals} */
    Scheduler scheduler();

    /** {@return the time on the node's clock, see {@link io.grasp.api.Grasp#now}} */
    Duration now();

    /**
     * Repeats an operation that failed because of a missing answer or a network failure, see
     * {@link io.grasp.api.Grasp#backoff(int)}.
     *
     * @param attempts the maximum number of repetitions, not negative
     * @return the argument for {@code retryWhen}
     */
    Retry backoff(int attempts);

    /** {@return the links that are up at the time of subscription} */
    Mono<List<LinkInfo>> links();

    /** {@return the node's port and its locators at the time of subscription} */
    Mono<NodeLocators> locators();

    /**
     * The current value of a parameter: from the last flooded policy that has one that fits, or from the operator's
     * setting, or the initial one.
     *
     * @param parameter a parameter in the manifest
     * @param <T> the type of its values
     * @return the value
     * @throws IllegalArgumentException if the manifest has no such parameter
     */
    <T> T parameter(Parameter<T> parameter);

    /**
     * The current value of a parameter, and then each other one.
     *
     * @param parameter a parameter in the manifest
     * @param <T> the type of its values
     * @return the values; a slow subscriber misses some, but not the latest
     * @throws IllegalArgumentException if the manifest has no such parameter
     */
    <T> Flux<T> values(Parameter<T> parameter);

    /**
     * The ASA's directory on stable storage. It exists, and the next start and the next version get the same one.
     *
     * @return the directory
     * @throws IllegalStateException if the host has no storage ({@link HostConfig#withStorage})
     */
    Path storage();

    /**
     * Tells the operator something, as an event of the host. After a burst of 100 reports, more than 10 in a second are
     * left out, and their number is an event.
     *
     * @param text a sentence, in one line
     */
    void report(String text);

    /**
     * Runs listeners and whatever else the ASA does, and is {@link #ready} when all of them have begun: then no request
     * is lost between this version and an older one.
     *
     * @param work publishers, such as those of {@code listenNegotiate}; their values are ignored
     * @return completes when all have completed; fails, and cancels the others, when one fails
     */
    default Mono<Void> serve(Publisher<?>... work) {
        List<Publisher<?>> all = new ArrayList<>(List.of(work));
        all.add(Mono.fromRunnable(this::ready)); // after the subscriptions to the others
        return Mono.when(all);
    }

    /** Says that the ASA can be used. ASAs that need it are then started, and an older version of it is drained. */
    void ready();
}
