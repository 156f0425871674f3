package io.grasp.samples.node;

import io.grasp.api.Grasp;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * What a command does with its node when its work has ended, also because it is stopped, before the node is closed.
 *
 * @param work what it does; a failure is ignored
 * @param longest how long it may take
 */
public record Ending(Function<Grasp, Mono<Void>> work, Duration longest) {
    /** Nothing is done. */
    public static final Ending NONE = new Ending(grasp -> Mono.empty(), Duration.ZERO);

    /** {@return this work, before which something is run} */
    Ending announced(Runnable announcement) {
        return new Ending(
                grasp -> {
                    announcement.run();
                    return work.apply(grasp);
                },
                longest);
    }

    /** {@return the work, in its time} */
    Mono<Void> of(Grasp grasp) {
        return work.apply(grasp)
                .timeout(longest, Mono.empty(), grasp.scheduler())
                .onErrorComplete();
    }
}
