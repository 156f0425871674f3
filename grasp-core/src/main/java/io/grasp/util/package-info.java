/** What the packages of this library share and users do not see: addresses and their text, a list, a heap of timers. */
@NullMarked
package io.grasp.util;

import org.jspecify.annotations.NullMarked;
