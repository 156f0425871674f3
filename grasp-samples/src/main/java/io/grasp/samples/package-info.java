/** The command line: a class for each command, which uses the rooms below. */
@NullMarked
package io.grasp.samples;

import org.jspecify.annotations.NullMarked;
