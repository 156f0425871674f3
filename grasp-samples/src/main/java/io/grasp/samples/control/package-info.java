/**
 * The control API: what a running node shows of itself, and a few actions, over HTTP with JSON and server-sent events.
 * {@code openapi.json} describes it.
 */
@NullMarked
package io.grasp.samples.control;

import org.jspecify.annotations.NullMarked;
