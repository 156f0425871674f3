/** Programs that a command runs. */
@NullMarked
package io.grasp.samples.process;

import org.jspecify.annotations.NullMarked;
