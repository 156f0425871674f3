/** Internal utilities of the library: addresses and their text, a list, a heap of timers, the demand of a consumer. */
@NullMarked
package io.grasp.util;

import org.jspecify.annotations.NullMarked;
