/** The GRASP wire format (RFC 8990 section 4): one record for each message, encoder, decoder, stream framer. */
@NullMarked
package io.grasp.wire;

import org.jspecify.annotations.NullMarked;
