package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.manager.PrefixTree.Shape;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Plays a small tree in a separate class loader: the result has only types of the JDK. */
public final class PrefixTreeProbe implements Supplier<Optional<String>> {
    /** {@return the invariant that did not hold, if any} */
    @Override
    public Optional<String> get() {
        Shape shape = new Shape(
                20, 3, "2001:db8::/48", Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofMinutes(1), 0.1);
        try {
            PrefixTree.play(1, shape, tree -> tree.live(Duration.ofMinutes(20), Duration.ofMinutes(1)));
            return Optional.empty();
        } catch (AssertionError violated) {
            return Optional.of(String.valueOf(violated.getMessage()));
        }
    }
}
