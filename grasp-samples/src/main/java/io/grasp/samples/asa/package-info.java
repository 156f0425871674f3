/**
 * ASAs to copy from: Gray and Briggs, who bargain over a sum of money, and a message type and an option that RFC 8990
 * does not define; also as ASAs of a host. Of GRASP they use only what the modules export.
 */
@NullMarked
package io.grasp.samples.asa;

import org.jspecify.annotations.NullMarked;
