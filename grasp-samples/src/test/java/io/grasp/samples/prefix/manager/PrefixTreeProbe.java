package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.manager.PrefixTree.Shape;
import io.grasp.samples.prefix.store.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Plays a small tree in a separate class loader: the result has only types of the JDK. */
public final class PrefixTreeProbe implements Supplier<Optional<String>> {
    private static final int SEEDS = 3;
    private static final Shape SHAPE = new Shape(
            20, 3, "2001:db8::/48", Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofSeconds(30), 0.1);

    /** {@return what was found: an invariant that did not hold, or a store that no manager can have written} */
    @Override
    public Optional<String> get() {
        try {
            for (int seed = 1; seed <= SEEDS; seed++) {
                PrefixTree.play(seed, SHAPE, tree -> {
                    tree.live(Duration.ofMinutes(5), Duration.ofMinutes(1));
                    tree.recover(Duration.ofMinutes(15));
                });
            }
            return Optional.empty();
        } catch (AssertionError | StoreException found) {
            return Optional.of(String.valueOf(found.getMessage()));
        }
    }
}
