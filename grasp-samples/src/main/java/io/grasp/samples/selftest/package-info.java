/** Tests of a node that an operator can run where it is used: what must happen, asserted. */
@NullMarked
package io.grasp.samples.selftest;

import org.jspecify.annotations.NullMarked;
