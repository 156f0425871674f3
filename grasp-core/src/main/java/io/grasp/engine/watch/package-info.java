/** Events for those that watch the node while it runs. */
@NullMarked
package io.grasp.engine.watch;

import org.jspecify.annotations.NullMarked;
