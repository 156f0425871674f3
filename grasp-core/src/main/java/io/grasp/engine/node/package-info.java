/** Shared by the parts of an engine: settings, deadlines, sessions, addresses, DULL rules and multicasts. */
@NullMarked
package io.grasp.engine.node;

import org.jspecify.annotations.NullMarked;
