/** Connections as sequences of GRASP messages (RFC 8990 section 2.5.3). */
@NullMarked
package io.grasp.engine.channel;

import org.jspecify.annotations.NullMarked;
