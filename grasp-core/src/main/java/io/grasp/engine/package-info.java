/** The protocol's state and rules, confined to one loop; no I/O, no clock, no threads of its own. */
@NullMarked
package io.grasp.engine;

import org.jspecify.annotations.NullMarked;
