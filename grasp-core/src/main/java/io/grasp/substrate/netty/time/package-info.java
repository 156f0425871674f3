/** Timers that the connections of this substrate share. Not for users. */
@NullMarked
package io.grasp.substrate.netty.time;

import org.jspecify.annotations.NullMarked;
