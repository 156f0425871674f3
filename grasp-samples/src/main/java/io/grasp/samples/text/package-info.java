/** What commands print and read: lines, JSON, addresses, times. */
@NullMarked
package io.grasp.samples.text;

import org.jspecify.annotations.NullMarked;
