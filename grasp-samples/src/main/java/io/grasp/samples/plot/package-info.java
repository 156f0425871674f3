/** Plots of measurements, as SVG files that need nothing else. */
@NullMarked
package io.grasp.samples.plot;

import org.jspecify.annotations.NullMarked;
