/** What a node does, as lines of an SLF4J log. */
@NullMarked
package io.grasp.logging;

import org.jspecify.annotations.NullMarked;
