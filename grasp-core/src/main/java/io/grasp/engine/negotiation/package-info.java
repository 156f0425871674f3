/** Negotiation in both roles, and raw channels, which begin as negotiations (RFC 8990 section 2.5.5). */
@NullMarked
package io.grasp.engine.negotiation;

import org.jspecify.annotations.NullMarked;
