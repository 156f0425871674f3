/**
 * The console: one page for a browser, which shows a running node, or a simulation that was recorded.
 */
@NullMarked
package io.grasp.samples.console;

import org.jspecify.annotations.NullMarked;
