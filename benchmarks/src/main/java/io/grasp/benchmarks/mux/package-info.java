/**
 * Compares ways to run sessions with one peer: streams of one connection, by the stack's own framing and by HTTP/2, and
 * a connection for each session.
 */
@NullMarked
package io.grasp.benchmarks.mux;

import org.jspecify.annotations.NullMarked;
