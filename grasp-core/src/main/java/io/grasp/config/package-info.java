/** Settings of a node: bounds, timeouts, relaying, registrations. All values are immutable and can be shared. */
@NullMarked
package io.grasp.config;

import org.jspecify.annotations.NullMarked;
