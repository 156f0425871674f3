package io.grasp.samples;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Where a command runs its node. */
interface NodeRunner {
    /**
     * Starts a node, does something with it, closes it, and only then returns.
     *
     * @return what the work gave, {@code null} if nothing
     */
    <T> @Nullable T use(GraspConfig config, Function<Grasp, Mono<T>> work);
}
