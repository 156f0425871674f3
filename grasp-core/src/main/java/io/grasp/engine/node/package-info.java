/** What the parts of an engine share: settings, deadlines, the session table, addresses, DULL rules, multicasts and replies. */
@NullMarked
package io.grasp.engine.node;

import org.jspecify.annotations.NullMarked;
