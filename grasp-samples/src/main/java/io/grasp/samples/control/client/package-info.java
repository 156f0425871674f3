/** The client of the control API, and the commands that show and change a running node by it. */
@NullMarked
package io.grasp.samples.control.client;

import org.jspecify.annotations.NullMarked;
