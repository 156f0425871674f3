/** Internal utilities of the library: addresses and their text, a list, a heap of timers. */
@NullMarked
package io.grasp.util;

import org.jspecify.annotations.NullMarked;
