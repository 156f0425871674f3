/** A certificate authority for tests, which issues the certificates of RFC 8994 section 6.2. */
@NullMarked
package io.grasp.samples.ca;

import org.jspecify.annotations.NullMarked;
