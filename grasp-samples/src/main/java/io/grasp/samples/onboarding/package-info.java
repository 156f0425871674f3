/**
 * What GRASP does when a new device joins an autonomic network (RFC 8995 section 4): the announcements of registrars
 * and of EST servers, the join proxy, and how a pledge finds and tries proxies. The exchange between pledge and
 * registrar (BRSKI, EST) is not part of it.
 */
@NullMarked
package io.grasp.samples.onboarding;

import org.jspecify.annotations.NullMarked;
