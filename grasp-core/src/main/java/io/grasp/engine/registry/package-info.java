/** The ASAs of a node, their objectives, and the listeners for them (RFC 8991 section 2.3.3). */
@NullMarked
package io.grasp.engine.registry;

import org.jspecify.annotations.NullMarked;
