/** Runnable ASAs and the command line. */
@NullMarked
package io.grasp.samples;

import org.jspecify.annotations.NullMarked;
