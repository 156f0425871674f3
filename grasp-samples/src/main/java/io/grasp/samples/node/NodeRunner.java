package io.grasp.samples.node;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Runs the node of a command. */
public interface NodeRunner {
    /**
     * Starts a node, uses it, closes it, and then returns.
     *
     * @return the result of the work, {@code null} if there is none
     */
    <T> @Nullable T use(GraspConfig config, Function<Grasp, Mono<T>> work);

    /**
     * Starts a node, uses it, ends the use, closes the node, and then returns.
     *
     * @param ending what is done when the work has ended
     * @return the result of the work, {@code null} if there is none
     */
    default <T> @Nullable T use(GraspConfig config, Function<Grasp, Mono<T>> work, Ending ending) {
        return use(config, grasp -> Mono.usingWhen(Mono.just(grasp), work, ending::of));
    }

    /**
     * {@return the settings of a further node, which shares the loop of one that is in use}
     *
     * @param config the settings that the user has chosen
     */
    default GraspConfig companion(GraspConfig config) {
        return config;
    }
}
