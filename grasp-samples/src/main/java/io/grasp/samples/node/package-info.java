/** The node of a command on a real network: its options, its start and end, its metrics endpoint. */
@NullMarked
package io.grasp.samples.node;

import org.jspecify.annotations.NullMarked;
