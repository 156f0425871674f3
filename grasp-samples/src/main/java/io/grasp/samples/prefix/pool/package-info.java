/** A node's pool of prefixes: allocation, offers, doubt, limits, the log of assignments, use and forecast. */
@NullMarked
package io.grasp.samples.prefix.pool;

import org.jspecify.annotations.NullMarked;
