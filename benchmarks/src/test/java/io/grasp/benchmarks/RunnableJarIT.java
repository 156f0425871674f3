package io.grasp.benchmarks;

import io.grasp.packaging.RunnableJarContract;
import java.nio.file.Path;

/** The libraries in {@code target/benchmarks.jar}. */
class RunnableJarIT extends RunnableJarContract {
    RunnableJarIT() {
        super(Path.of("target", "benchmarks.jar"), "grasp-benchmarks");
    }
}
