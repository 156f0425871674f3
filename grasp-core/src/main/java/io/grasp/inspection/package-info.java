/**
 * What a node shows of itself to an operator: its state in pages, and what happens in batches of events. All values are
 * copies, made on the node's loop: they do not change with the node, and may be kept and passed to any thread.
 */
@NullMarked
package io.grasp.inspection;

import org.jspecify.annotations.NullMarked;
