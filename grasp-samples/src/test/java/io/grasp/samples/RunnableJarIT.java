package io.grasp.samples;

import io.grasp.packaging.RunnableJarContract;
import java.nio.file.Path;

/** The libraries in {@code target/grasp.jar}. */
class RunnableJarIT extends RunnableJarContract {
    RunnableJarIT() {
        super(Path.of("target", "grasp.jar"), "grasp-samples");
    }
}
