/** Discovery: initiator, responder, relay and cache (RFC 8990 section 2.5.4). */
@NullMarked
package io.grasp.engine.discovery;

import org.jspecify.annotations.NullMarked;
