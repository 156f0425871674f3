/** The protocol's state and rules, confined to one loop, without I/O, clock or threads. */
@NullMarked
package io.grasp.engine;

import org.jspecify.annotations.NullMarked;
