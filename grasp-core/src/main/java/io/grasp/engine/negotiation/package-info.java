/** Negotiation, in both roles, and raw channels that begin with one (RFC 8990 section 2.5.5). */
@NullMarked
package io.grasp.engine.negotiation;

import org.jspecify.annotations.NullMarked;
