/** Finds the neighbors of an overlay on a LAN. See docs/overlay.md. */
@NullMarked
package io.grasp.neighbors;

import org.jspecify.annotations.NullMarked;
